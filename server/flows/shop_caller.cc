#include "flows/shop_caller.h"

#include <utility>

#include "transport/run_on.h"

namespace firstmile::flows {

async::Task<gateway::CallReport> ShardCaller::Call(const google::protobuf::Message& request,
                                                   google::protobuf::Message* response,
                                                   gateway::CallContext context) {
  const endpoints::Endpoint& endpoint = *endpoints_.FindByRequest(request.GetDescriptor());
  gateway::Shard& shard = shards_.For(endpoint.SubjectOf(request));
  const read_back::ReadBackContext there{shard.gateway, shard.loop, endpoints_, read_back_, metrics_};
  return transport::RunThereResumeHere(
      shard.loop, home_, read_back::CallWithReadBack(there, endpoint, request, response, std::move(context)));
}

}  // namespace firstmile::flows

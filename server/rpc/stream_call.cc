#include "rpc/stream_call.h"

namespace firstmile::rpc {
namespace {

// A stream of pages runs as long as its reader wants; a file has the deadline of a unary call.
std::chrono::milliseconds DefaultDeadline(const RpcContext& rpc, const endpoints::StreamEndpoint& endpoint) {
  return endpoint.pages() ? std::chrono::milliseconds::max() : rpc.default_deadline;
}

// 0 when the request names none; the checks refuse it before the shop matters.
std::int64_t FirstShop(const endpoints::StreamEndpoint& endpoint, const google::protobuf::Message& request) {
  const std::vector<std::int64_t> shops = endpoint.Shops(request);
  return shops.empty() ? 0 : shops.front();
}

}  // namespace

StreamCall::StreamCall(const RpcContext& rpc, grpc::CallbackServerContext& context,
                       const google::protobuf::Message& request)
    : rpc_(rpc),
      endpoint_(*rpc.endpoints.FindStreamByRequest(request.GetDescriptor())),
      request_(request),
      first_shop_(FirstShop(endpoint_, request)),
      home_(rpc.shards.For(first_shop_).loop),
      call_(rpc, context, DefaultDeadline(rpc, endpoint_)),
      writer_(home_, *this, static_cast<std::size_t>(rpc.stream_shops_in_parallel)) {}

void StreamCall::Begin() {
  if (const auto full = call_.Enter(endpoint_.operation()); full.has_value()) return Refuse(*full);
  const std::vector<errors::Violation> violations = endpoint_.rules().Check(request_);
  if (!violations.empty()) return Refuse(errors::InvalidRequest(violations, endpoint_.operation()));
  home_.Post([this] { async::Detach(Run()); });
}

void StreamCall::Refuse(const google::rpc::Status& status) {
  gateway::CallReport report;
  report.status = status;
  FinishStream(call_.Conclude(endpoint_.operation(), first_shop_, report, 0));
}

async::Task<void> StreamCall::Run() {
  call_.ArmDeadline(home_);
  gateway::CallReport report;
  std::uint64_t pages = 0;
  if (endpoint_.pages()) {
    PageStream stream(rpc_, endpoint_, request_, call_, *this, writer_, home_);
    report = co_await stream.Run();
    pages = stream.pages();
  } else {
    FileStream stream(rpc_, endpoint_, request_, call_, writer_, home_);
    report = co_await stream.Run();
  }
  call_.DisarmDeadline(home_);
  FinishStream(
      call_.Conclude(endpoint_.operation(), first_shop_, report, pages));  // last: may free this call
}

}  // namespace firstmile::rpc

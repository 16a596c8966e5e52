#include "rpc/too_many_queries.h"

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "errors/status.h"

namespace firstmile::rpc {

google::rpc::Status TooManyQueries(const RpcContext& rpc, absl::string_view operation) {
  rpc.metrics.CountShed(limits::kSidecarOverloaded);
  google::rpc::Status status =
      errors::Local(errors::Code::kResourceExhausted, limits::kSidecarOverloaded,
                    absl::StrCat("not begun: ", rpc.query_threads.queue_max(),
                                 " calls of ListShops and CheckSignature wait already"),
                    operation);
  thread_local absl::InsecureBitGen random;
  errors::AddRetryInfo(absl::Seconds(1) * absl::Uniform(random, 0.5, 1.5), &status);
  return status;
}

}  // namespace firstmile::rpc

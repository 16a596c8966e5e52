#include "rpc/too_many_queries.h"

#include "absl/random/random.h"
#include "errors/status.h"
#include "rpc/rpc_failures.h"

namespace firstmile::rpc {

google::rpc::Status TooManyQueries(const RpcContext& rpc, absl::string_view operation) {
  rpc.metrics.CountShed(limits::kSidecarOverloaded);
  google::rpc::Status status = QueueOfQueriesIsFull(rpc.query_threads.queue_max(), operation);
  thread_local absl::InsecureBitGen random;
  errors::SetRetryInfo(absl::Seconds(1) * absl::Uniform(random, 0.5, 1.5), &status);
  return status;
}

}  // namespace firstmile::rpc

#include "rpc/file_stream.h"

#include <algorithm>
#include <utility>

#include "async/eager_task.h"
#include "rpc/rpc_failures.h"

namespace firstmile::rpc {

async::Task<gateway::CallReport> FileStream::Run() {
  async::EagerTask<gateway::CallReport> fetching(Fetch());
  const bool written = co_await WriteChunks();
  if (!written) call_.Cancel();  // drops the transfer
  gateway::CallReport report = co_await fetching;
  if (!written) report.status = too_slow_ ? TooSlow() : call_.StoppedStatus(endpoint_.operation());
  co_return report;
}

async::Task<gateway::CallReport> FileStream::Fetch() {
  const subjects::Subject subject = endpoint_.Subjects(request_).front();
  const std::unique_ptr<google::protobuf::Message> source_request = endpoint_.FirstRequest(request_, subject);
  const std::unique_ptr<google::protobuf::Message> answer = endpoint_.NewAnswer();  // any answer but a file
  gateway::CallContext context = call_.GatewayContext();
  context.file_sink = &chunks_;
  gateway::Gateway& gateway = rpc_.shards.For(subject).gateway;
  gateway::CallReport report =
      co_await gateway.Call(endpoint_.source(), *source_request, answer.get(), std::move(context));
  chunks_.End();
  co_return report;
}

async::Task<bool> FileStream::WriteChunks() {
  bool first = true;
  while (true) {
    std::string chunk = co_await chunks_.Next();
    if (chunk.empty()) co_return true;
    const std::unique_ptr<google::protobuf::Message> frame = sink_.NewFrame();
    if (std::exchange(first, false)) {
      endpoint_.SetFile(frame.get(), chunks_.content_type(), std::max<std::int64_t>(chunks_.file_bytes(), 0));
    }
    endpoint_.SetChunk(frame.get(), std::move(chunk));
    const bool written = co_await WriteInTime(*frame);
    if (!written) co_return false;
  }
}

// A client that does not read holds a connection to Shopee. Each chunk must be read within the default
// deadline of a call.
async::Task<bool> FileStream::WriteInTime(const google::protobuf::Message& frame) {
  const auto due = home_.clock().Monotonic() + rpc_.default_deadline;
  const auto timer = home_.AddTimer(due, [this] {
    too_slow_ = !call_.stop_token().stop_requested();
    call_.Abort();
  });
  const bool written = co_await writer_.Write(frame, call_.stop_token());
  home_.CancelTimer(timer);
  co_return written;
}

google::rpc::Status FileStream::TooSlow() const {
  return ReaderTookNothing(rpc_.default_deadline, endpoint_.operation());
}

}  // namespace firstmile::rpc

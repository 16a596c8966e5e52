#include "rpc/stream_writer.h"

#include <utility>

namespace firstmile::rpc {

async::Task<bool> StreamWriter::Write(const google::protobuf::Message& frame, std::stop_token stop) {
  const auto turn = co_await turn_.Acquire(transport::MonotonicTime::max(), stop);
  if (turn != transport::Semaphore::End::kAcquired) co_return false;
  if (!client_gone_ && !stop.stop_requested()) {
    // Not stoppable: gRPC holds the frame until it reports the write's end, soon after a cancellation.
    transport::StoppableEvent written(home_, std::stop_token());
    writing_ = &written;
    sink_.StartFrame(frame);
    co_await written;
    writing_ = nullptr;
  }
  const bool go_on = !client_gone_ && !stop.stop_requested();
  turn_.Release();
  co_return go_on;
}

void StreamWriter::WriteDone(bool ok) {
  home_.Post([this, ok] {
    if (!ok) client_gone_ = true;
    writing_->Set();
  });
}

}  // namespace firstmile::rpc

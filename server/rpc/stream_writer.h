// Writes a stream's frames one at a time, for coroutines.
//
// Belongs to the stream's home loop, except for WriteDone, which gRPC's thread calls.
#pragma once

#include <grpcpp/support/status.h>

#include <memory>
#include <stop_token>

#include "google/protobuf/message.h"
#include "transport/semaphore.h"

namespace firstmile::rpc {

// The reactor of a stream; hides the frame type.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  virtual std::unique_ptr<google::protobuf::Message> NewFrame() const = 0;
  virtual void StartFrame(const google::protobuf::Message& frame) = 0;
  virtual void FinishStream(const grpc::Status& status) = 0;
};

class StreamWriter {
 public:
  StreamWriter(transport::EventLoop& home, FrameSink& sink) : home_(home), sink_(sink), turn_(home, 1) {}

  // Writes one frame after those before it. Returns false when the client disconnected or a stop was
  // requested: write no more.
  async::Task<bool> Write(const google::protobuf::Message& frame, std::stop_token stop);

  // Any thread: gRPC has taken the frame, or (not ok) the client disconnected.
  void WriteDone(bool ok);

 private:
  transport::EventLoop& home_;
  FrameSink& sink_;
  transport::Semaphore turn_;
  bool client_gone_ = false;
  transport::StoppableEvent* writing_ = nullptr;
};

}  // namespace firstmile::rpc

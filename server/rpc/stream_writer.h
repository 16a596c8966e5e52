// Writes the frames of one stream, one at a time, for coroutines.
//
// Belongs to the stream's home loop, except for WriteDone, which gRPC's thread calls.
#pragma once

#include <grpcpp/support/status.h>

#include <memory>
#include <stop_token>

#include "google/protobuf/message.h"
#include "transport/slots.h"

namespace firstmile::rpc {

// The reactor behind a stream: knows the frame's type, nothing else.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  virtual std::unique_ptr<google::protobuf::Message> NewFrame() const = 0;
  virtual void StartFrame(const google::protobuf::Message& frame) = 0;
  virtual void FinishStream(const grpc::Status& status) = 0;
};

class StreamWriter {
 public:
  // At most `writers` coroutines wait at once.
  StreamWriter(transport::EventLoop& home, FrameSink& sink, std::size_t writers)
      : home_(home), sink_(sink), turn_(home, 1, writers) {}

  // Writes one frame when its turn comes. False when the client is gone or a stop was requested: write no
  // more.
  async::Task<bool> Write(const google::protobuf::Message& frame, std::stop_token stop);

  // Any thread: gRPC took the frame over, or (not ok) the client is gone.
  void WriteDone(bool ok);

 private:
  transport::EventLoop& home_;
  FrameSink& sink_;
  transport::Slots turn_;
  bool client_gone_ = false;
  transport::Waiter* writing_ = nullptr;
};

}  // namespace firstmile::rpc

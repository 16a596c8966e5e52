// The life of one server-streaming rpc: checks, the way to the home loop, pages or chunks, Finish exactly
// once.
//
// A call owns itself, as UnaryCall does: only the end of its coroutine finishes, and OnDone frees.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <memory>

#include "errors/status.h"
#include "rpc/file_stream.h"
#include "rpc/incoming_call.h"
#include "rpc/page_stream.h"
#include "rpc/stream_writer.h"

namespace firstmile::rpc {

// The part that does not depend on the frame's type.
class StreamCall : public FrameSink {
 public:
  // Any thread, once, after the reactor is complete: checks the request, then runs or finishes.
  void Begin();

 protected:
  StreamCall(const RpcContext& rpc, grpc::CallbackServerContext& context,
             const google::protobuf::Message& request);

  void Cancelled() { call_.CallerGaveUp(); }
  void FrameWritten(bool ok) { writer_.WriteDone(ok); }

 private:
  void Refuse(const google::rpc::Status& status);
  async::Task<void> Run();

  const RpcContext& rpc_;
  const endpoints::StreamEndpoint& endpoint_;
  const google::protobuf::Message& request_;
  const std::int64_t first_shop_;
  transport::EventLoop& home_;
  IncomingCall call_;
  StreamWriter writer_;
};

template <typename Frame>
class StreamReactor final : public grpc::ServerWriteReactor<Frame>, public StreamCall {
 public:
  static grpc::ServerWriteReactor<Frame>* Start(const RpcContext& rpc, grpc::CallbackServerContext& context,
                                                const google::protobuf::Message& request) {
    auto* reactor = new StreamReactor(rpc, context, request);
    reactor->Begin();
    return reactor;
  }

  void OnWriteDone(bool ok) override { FrameWritten(ok); }
  void OnCancel() override { Cancelled(); }
  void OnDone() override { delete this; }

 private:
  using StreamCall::StreamCall;

  std::unique_ptr<google::protobuf::Message> NewFrame() const override { return std::make_unique<Frame>(); }
  void StartFrame(const google::protobuf::Message& frame) override {
    this->StartWrite(static_cast<const Frame*>(&frame));
  }
  void FinishStream(const grpc::Status& status) override { this->Finish(status); }
};

}  // namespace firstmile::rpc

// The life of one server-streaming rpc: checks, the switch to the home loop, pages or chunks, exactly one
// Finish.
//
// A call owns itself, as UnaryCall does: only the end of its coroutine calls Finish, and OnDone deletes it.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <memory>

#include "errors/status.h"
#include "rpc/file_stream.h"
#include "rpc/incoming_call.h"
#include "rpc/method_messages.h"
#include "rpc/page_stream.h"
#include "rpc/stream_writer.h"

namespace firstmile::rpc {

class StreamCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer>, public FrameSink {
 public:
  // Thread-safe; returns at once. The references outlive the call.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const RpcContext& rpc,
                                                           grpc::CallbackServerContext& context,
                                                           const endpoints::StreamEndpoint& endpoint,
                                                           const MethodMessages& messages,
                                                           const grpc::ByteBuffer& request);

  void OnWriteDone(bool ok) override { writer_.WriteDone(ok); }
  void OnCancel() override { call_.CallerGaveUp(); }
  void OnDone() override { delete this; }

 private:
  StreamCall(const RpcContext& rpc, grpc::CallbackServerContext& context,
             const endpoints::StreamEndpoint& endpoint, const MethodMessages& messages,
             ReceivedRequest request);

  void Begin();
  std::size_t AnswerBytes() const;
  void Refuse(const google::rpc::Status& status);
  async::Task<void> Run();

  std::unique_ptr<google::protobuf::Message> NewFrame() const override { return messages_.NewResponse(); }
  void StartFrame(const google::protobuf::Message& frame) override;
  void FinishStream(const grpc::Status& status) override { Finish(status); }

  const RpcContext& rpc_;
  const endpoints::StreamEndpoint& endpoint_;
  const MethodMessages& messages_;
  const ReceivedRequest request_;
  const subjects::Subject first_subject_;
  transport::EventLoop& home_;
  IncomingCall call_;
  StreamWriter writer_;
  grpc::ByteBuffer frame_;  // being sent
};

}  // namespace firstmile::rpc

// The life of one flow: checks, the switch to the home loop, one event in flight, exactly one Finish.
//
// A stream owns itself, as StreamCall does: only the end of its coroutine calls Finish, and OnDone deletes
// it.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <string>

#include "flows/event_writer.h"
#include "flows/shop_caller.h"
#include "rpc/incoming_call.h"
#include "rpc/method_messages.h"
#include "rpc/stream_writer.h"

namespace firstmile::rpc {

// What a flow works with. All references outlive it; they belong to its home loop.
struct FlowRun {
  flows::ShopCaller& shops;
  flows::EventWriter& events;
  gateway::CallContext context;
};

// An rpc of FlowService. Immutable; outlives its streams.
struct FlowRpc {
  // Runs on the home loop, and respects the context's stop. The request outlives the task. The report's
  // status is OK, or another when the deadline ended the flow.
  using Work =
      std::function<async::Task<gateway::CallReport>(const google::protobuf::Message& request, FlowRun run)>;

  std::string operation;  // "FlowService/BindOrders"
  Work work;
  // Its loop is the home loop. Its id is 0 when the request names none; the checks reject that.
  std::function<subjects::Subject(const google::protobuf::Message& request)> first_shop;
  // How many shops the request names.
  std::function<std::size_t(const google::protobuf::Message& request)> shops;
};

class FlowStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                         public FrameSink,
                         public flows::EventWriter {
 public:
  // Thread-safe; returns at once. `rpc` and `flow` outlive the stream.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const RpcContext& rpc, const FlowRpc& flow,
                                                           grpc::CallbackServerContext& context,
                                                           ReceivedRequest request,
                                                           const endpoints::RequestRules& rules);

  void OnWriteDone(bool ok) override { writer_.WriteDone(ok); }
  void OnCancel() override { call_.CallerGaveUp(); }
  void OnDone() override { delete this; }

  async::Task<bool> Write(const google::protobuf::Message& event) override;

 private:
  FlowStream(const RpcContext& rpc, const FlowRpc& flow, grpc::CallbackServerContext& context,
             ReceivedRequest request);

  void Begin(const endpoints::RequestRules& rules);
  std::size_t AnswerBytes() const;
  void Refuse(const google::rpc::Status& status);
  async::Task<void> Run();
  async::Task<gateway::CallReport> Work();

  std::unique_ptr<google::protobuf::Message> NewFrame() const override {
    return nullptr;
  }  // flows make theirs
  void StartFrame(const google::protobuf::Message& frame) override;
  void FinishStream(const grpc::Status& status) override { Finish(status); }

  const RpcContext& rpc_;
  const FlowRpc& flow_;
  const ReceivedRequest request_;
  const subjects::Subject first_shop_;
  transport::EventLoop& home_;
  IncomingCall call_;
  StreamWriter writer_;
  grpc::ByteBuffer frame_;  // being sent
  std::uint64_t events_ = 0;
};

}  // namespace firstmile::rpc

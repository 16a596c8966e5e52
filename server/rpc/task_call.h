// The life of one unary rpc of the sidecar's own, whose work is a coroutine: checks, the way to a loop,
// deadline, Finish exactly once.
//
// A call owns itself, as UnaryCall does: only the end of its coroutine finishes, and OnDone frees.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "errors/status.h"
#include "rpc/incoming_call.h"

namespace firstmile::rpc {

class TaskCall final : public grpc::ServerUnaryReactor {
 public:
  // Runs on `home`; honours the stop of the call. Code 0: the response is filled.
  using Work = absl::AnyInvocable<async::Task<google::rpc::Status>(std::stop_token stop)>;

  struct Call {
    std::string operation;  // "AuthService/ListShops"
    std::int64_t subject = 0;
    std::vector<errors::Violation> violations;  // when there are any, the work is not begun
  };

  // Thread-safe; returns at once. What `work` refers to outlives the call.
  static grpc::ServerUnaryReactor* Start(const RpcContext& rpc, grpc::CallbackServerContext& context,
                                         transport::EventLoop& home, Call call, Work work);

  void OnCancel() override { incoming_.CallerGaveUp(); }
  void OnDone() override { delete this; }

 private:
  TaskCall(const RpcContext& rpc, grpc::CallbackServerContext& context, transport::EventLoop& home, Call call,
           Work work)
      : home_(home),
        call_(std::move(call)),
        work_(std::move(work)),
        incoming_(rpc, context, rpc.default_deadline) {}

  void Begin();
  async::Task<void> Run();
  void End(google::rpc::Status status);

  transport::EventLoop& home_;
  const Call call_;
  Work work_;
  IncomingCall incoming_;
};

}  // namespace firstmile::rpc

// What unary calls and streams share: a place in the sidecar, deadline, cancel, the caller's token and name,
// and at the end the one log line and what is counted.
//
// Construct it on the gRPC thread; `Cancel` is thread-safe, the rest belongs to the call's home loop.
#pragma once

#include <grpcpp/support/status.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "errors/status.h"
#include "gateway/gateway.h"
#include "ops/call_log.h"
#include "rpc/rpc_context.h"

namespace grpc {
class CallbackServerContext;
}

namespace firstmile::rpc {

// Metadata in which a caller brings its own access token; such a call never asks the token source. A longer
// token ends the call with INVALID_ARGUMENT.
inline constexpr char kAccessTokenMetadata[] = "x-shopee-access-token";
inline constexpr std::size_t kAccessTokenBytesMax = 4096;

// Metadata in which a caller names itself, so that it shares turns fairly with the others; without it each
// connection of TCP is a caller, and all unix sockets together are one. A longer name ends the call with
// INVALID_ARGUMENT: cut, it could be another's.
inline constexpr char kCallerMetadata[] = "x-firstmile-caller";
inline constexpr std::size_t kCallerBytesMax = 64;

// Trailing metadata of each call of the platform. Attempts are the sidecar's own: what the HTTP library
// repeats on a dead connection, reads only, is none.
inline constexpr char kAttemptsTrailer[] = "firstmile-attempts";
inline constexpr char kWaitTrailer[] = "firstmile-wait-ms";
inline constexpr char kReadBackTrailer[] = "firstmile-read-back";

// What a reader has after the deadline for what was sent before.
inline constexpr std::chrono::seconds kLastReading{1};

class IncomingCall {
 public:
  // `default_deadline` counts when the client sent none; max() means no limit. Before a client's deadline the
  // call ends 5 ms and a fiftieth of its time early (half of it at most), so that the client reads the
  // reason.
  IncomingCall(const RpcContext& rpc, grpc::CallbackServerContext& context,
               std::chrono::milliseconds default_deadline);
  ~IncomingCall();

  // Takes the call's place in the sidecar until the end of this object; the status of a call that finds none,
  // or whose metadata are too long.
  std::optional<google::rpc::Status> Enter(const std::string& operation);

  // Asks every wait of the call to end.
  void Cancel() { stop_.request_stop(); }

  // gRPC says that the caller gave up, or is gone. Thread-safe; comes once, also after the end.
  void CallerGaveUp();

  // Cancels by itself at the deadline, until Disarm; and the rpc a moment later, should it still be there.
  void ArmDeadline(transport::EventLoop& home);
  void DisarmDeadline(transport::EventLoop& home);

  gateway::CallContext GatewayContext() const;
  std::stop_token stop_token() const { return stop_.get_token(); }

  // The status of a call that was stopped: DEADLINE_EXCEEDED or CANCELLED.
  google::rpc::Status StoppedStatus(const std::string& operation) const;

  // Counts the call, writes the log line and the trailers, and gives gRPC's form of the status, details
  // included. Call it once, before the end of the rpc.
  grpc::Status Conclude(const std::string& operation, std::int64_t shop_id, const gateway::CallReport& report,
                        std::uint64_t pages);

 private:
  std::vector<errors::Violation> CheckMetadata() const;
  void AddTrailers(const gateway::CallReport& report);

  grpc::CallbackServerContext& context_;
  limits::AdmissionGate& gate_;
  ops::Metrics& metrics_;
  const ops::Metrics::CallInFlight in_flight_;
  const transport::Clock& clock_;
  const transport::MonotonicTime start_;
  const std::string caller_;
  const limits::Share share_;
  const std::shared_ptr<listener::ConnectionCalls> connection_;  // null: it is not known
  limits::AdmissionGate::Place place_;
  bool shed_ = false;  // at the door
  transport::MonotonicTime deadline_;
  std::optional<secrets::Secret> access_token_;
  std::stop_source stop_;
  std::optional<transport::EventLoop::TimerId> timer_;
};

}  // namespace firstmile::rpc

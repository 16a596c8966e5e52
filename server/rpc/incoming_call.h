// What unary calls and streams share: admission, deadline, cancellation, the caller's token and name, and at
// the end the log line and the metrics.
//
// Construct it on the gRPC thread. `Cancel` is thread-safe; the rest belongs to the call's home loop.
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

// Metadata with a caller's own access token; such a call does not use the stored tokens. A longer token ends
// the call with INVALID_ARGUMENT.
inline constexpr char kAccessTokenMetadata[] = "x-shopee-access-token";
inline constexpr std::size_t kAccessTokenBytesMax = 4096;

// Metadata with a caller's name, for fair sharing. Without it, each TCP connection is a caller, and all Unix
// socket connections together are one. A longer name ends the call with INVALID_ARGUMENT: truncated, it could
// be another caller's.
inline constexpr char kCallerMetadata[] = "x-firstmile-caller";
inline constexpr std::size_t kCallerBytesMax = 64;

// Trailing metadata of each call to Shopee. Attempts are the sidecar's own; a read that the HTTP library
// repeats on a dead connection does not count.
inline constexpr char kAttemptsTrailer[] = "firstmile-attempts";
inline constexpr char kWaitTrailer[] = "firstmile-wait-ms";
inline constexpr char kReadBackTrailer[] = "firstmile-read-back";

// How long a client may read after the deadline what was sent before it.
inline constexpr std::chrono::seconds kLastReading{1};

class IncomingCall {
 public:
  // `default_deadline` applies when the client set none; max() means no limit. The call ends 5 ms and 2 % of
  // the client's time early (at most 10 s and half of that time), so that the client gets to read the reason.
  IncomingCall(const RpcContext& rpc, grpc::CallbackServerContext& context,
               std::chrono::milliseconds default_deadline);
  ~IncomingCall();

  // Admits the call until this object is destroyed. Returns the status of a refused call: too many calls are
  // in progress, or its metadata are too long. `answer_bytes`: the most memory that it holds of its answer at
  // one time, if that is much.
  std::optional<google::rpc::Status> Enter(const std::string& operation, std::size_t request_bytes,
                                           std::size_t answer_bytes = 0);

  // Asks every wait of the call to stop.
  void Cancel() { stop_.request_stop(); }

  // Ends the rpc, whatever gRPC still waits for. Thread-safe; call it before Conclude.
  void Abort();

  // gRPC reports that the caller cancelled or disconnected. Thread-safe; called once, possibly after the end.
  void CallerGaveUp();

  // Cancels at the deadline, until Disarm; and shortly afterwards ends the rpc if it still runs.
  void ArmDeadline(transport::EventLoop& home);
  void DisarmDeadline(transport::EventLoop& home);

  gateway::CallContext GatewayContext() const;
  std::stop_token stop_token() const { return stop_.get_token(); }

  // The status of a call that was stopped: DEADLINE_EXCEEDED or CANCELLED.
  google::rpc::Status StoppedStatus(const std::string& operation) const;

  // Counts the call, writes the log line and the trailers, and converts the status to gRPC's form, details
  // included. Call it once, before the end of the rpc.
  grpc::Status Conclude(const std::string& operation, subjects::Subject subject,
                        const gateway::CallReport& report, std::uint64_t pages);

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
  const std::shared_ptr<listener::ConnectionCalls> connection_;  // null: unknown connection
  limits::AdmissionGate::Admitted admitted_;
  bool shed_ = false;  // by admission control
  transport::MonotonicTime deadline_;
  std::optional<secrets::Secret> access_token_;
  std::stop_source stop_;
  std::optional<transport::EventLoop::TimerId> timer_;
};

}  // namespace firstmile::rpc

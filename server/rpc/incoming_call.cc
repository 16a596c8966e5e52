#include "rpc/incoming_call.h"

#include <grpcpp/server_context.h>

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "errors/status.h"
#include "google/rpc/error_details.pb.h"
#include "ops/shared_line.h"
#include "rpc/rpc_failures.h"

namespace firstmile::rpc {
namespace {

std::string CodeName(int code) {
  return absl::StatusCodeToString(static_cast<absl::StatusCode>(code));
}

std::string Reason(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  for (const google::protobuf::Any& detail : status.details()) {
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

grpc::Status ToGrpc(const google::rpc::Status& status) {
  if (status.code() == 0) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), status.message(),
                      status.SerializeAsString());
}

std::string NameOf(const grpc::CallbackServerContext& context) {
  const auto named = context.client_metadata().find(kCallerMetadata);
  if (named == context.client_metadata().end()) return context.peer();
  return std::string(named->second.data(), named->second.size());
}

// Unix socket callers have no address, so unnamed ones cannot be told apart.
limits::Share ShareOf(const grpc::CallbackServerContext& context) {
  const bool named = context.client_metadata().contains(kCallerMetadata);
  return named || !absl::StartsWith(context.peer(), "unix") ? limits::Share::kOfOneCaller
                                                            : limits::Share::kWhole;
}

// Most memory that a request takes per byte on the wire.
constexpr std::size_t kMemoryPerByte = 4;

// A call cancelled this early was probably started only to be cancelled.
constexpr std::chrono::milliseconds kResetWithin{20};

// The caller's time minus a little, so that the caller gets to read the reason. gRPC clients send their
// timeout rounded up by as much as one percent, but time it unrounded themselves.
std::chrono::nanoseconds TimeToAnswer(std::chrono::nanoseconds callers_time) {
  constexpr std::chrono::nanoseconds kWayBack = std::chrono::milliseconds(5);
  constexpr std::chrono::nanoseconds kRoundedMax = std::chrono::seconds(10);
  return callers_time - std::min(callers_time / 2, kWayBack + std::min(callers_time / 50, kRoundedMax));
}

std::shared_ptr<listener::ConnectionCalls> ConnectionOf(const RpcContext& rpc,
                                                        const grpc::CallbackServerContext& context) {
  return rpc.connections == nullptr ? nullptr : rpc.connections->Find(context.peer());
}

// At most one line a second for all calls that are shed; metrics count each.
void LogShedding(transport::MonotonicTime now, const std::string& why) {
  static ops::SharedLine line("calls_shed");
  line.Log(now, why);
}

}  // namespace

IncomingCall::IncomingCall(const RpcContext& rpc, grpc::CallbackServerContext& context,
                           std::chrono::milliseconds default_deadline)
    : context_(context),
      gate_(rpc.gate),
      metrics_(rpc.metrics),
      in_flight_(rpc.metrics),
      clock_(rpc.clock),
      start_(rpc.clock.Monotonic()),
      caller_(NameOf(context)),
      share_(ShareOf(context)),
      connection_(ConnectionOf(rpc, context)),
      deadline_(transport::MonotonicTime::max()) {
  if (connection_ != nullptr) {
    connection_->running.fetch_add(1, std::memory_order_relaxed);
    connection_->begun.fetch_add(1, std::memory_order_relaxed);
  }
  const auto wanted = context.deadline();
  if (wanted != std::chrono::system_clock::time_point::max()) {
    deadline_ = start_ + TimeToAnswer(wanted - std::chrono::system_clock::now());
  } else if (default_deadline != std::chrono::milliseconds::max()) {
    deadline_ = start_ + default_deadline;
  }
  const auto token = context.client_metadata().find(kAccessTokenMetadata);
  if (token != context.client_metadata().end()) {
    access_token_.emplace(std::string(token->second.data(), token->second.size()));
  }
}

std::vector<errors::Violation> IncomingCall::CheckMetadata() const {
  std::vector<errors::Violation> violations;
  for (const auto& [name, bytes_max] :
       {std::pair(kCallerMetadata, kCallerBytesMax), std::pair(kAccessTokenMetadata, kAccessTokenBytesMax)}) {
    const auto given = context_.client_metadata().find(name);
    if (given == context_.client_metadata().end() || given->second.size() <= bytes_max) continue;
    violations.push_back({absl::StrCat("metadata ", name),
                          absl::StrCat("must be at most ", bytes_max, " bytes; got ", given->second.size())});
  }
  return violations;
}

IncomingCall::~IncomingCall() {
  if (connection_ != nullptr) connection_->running.fetch_sub(1, std::memory_order_relaxed);
}

void IncomingCall::CallerGaveUp() {
  if (connection_ != nullptr && clock_.Monotonic() - start_ < kResetWithin) {
    connection_->reset.fetch_add(1, std::memory_order_relaxed);
  }
  Cancel();
}

std::optional<google::rpc::Status> IncomingCall::Enter(const std::string& operation,
                                                       std::size_t request_bytes, std::size_t answer_bytes) {
  const std::vector<errors::Violation> violations = CheckMetadata();
  if (!violations.empty()) return errors::InvalidRequest(violations, operation);
  limits::AdmissionGate::Entry entry =
      gate_.TryEnter(caller_, request_bytes * kMemoryPerByte + answer_bytes, share_);
  admitted_ = std::move(entry.call);
  if (!entry.refusal.has_value()) return std::nullopt;
  shed_ = true;
  metrics_.CountShed(entry.refusal->reason);
  google::rpc::Status status =
      errors::Local(entry.refusal->code, entry.refusal->reason, entry.refusal->message, operation);
  if (entry.refusal->retry_after.has_value()) errors::SetRetryInfo(*entry.refusal->retry_after, &status);
  return status;
}

void IncomingCall::Abort() {
  Cancel();
  context_.TryCancel();
}

void IncomingCall::ArmDeadline(transport::EventLoop& home) {
  if (deadline_ == transport::MonotonicTime::max()) return;
  timer_ = home.AddTimer(deadline_, [this, &home] {
    Cancel();
    // A write does not end while the client does not read, even after a stop request.
    timer_ = home.AddTimer(deadline_ + kLastReading, [this] { context_.TryCancel(); });
  });
}

void IncomingCall::DisarmDeadline(transport::EventLoop& home) {
  if (timer_.has_value()) home.CancelTimer(*timer_);
}

gateway::CallContext IncomingCall::GatewayContext() const {
  return gateway::CallContext{
      .deadline = deadline_, .stop = stop_.get_token(), .access_token = access_token_, .caller = caller_};
}

google::rpc::Status IncomingCall::StoppedStatus(const std::string& operation) const {
  if (clock_.Monotonic() >= deadline_) {
    return DeadlinePassed(operation);
  }
  return CallerCancelled(operation);
}

void IncomingCall::AddTrailers(const gateway::CallReport& report) {
  if (report.attempts > 0) context_.AddTrailingMetadata(kAttemptsTrailer, absl::StrCat(report.attempts));
  if (report.attempts > 0 || report.waited > absl::ZeroDuration()) {
    context_.AddTrailingMetadata(kWaitTrailer, absl::StrCat(absl::ToInt64Milliseconds(report.waited)));
  }
  const absl::string_view read_back = NameOf(report.read_back);
  if (!read_back.empty()) context_.AddTrailingMetadata(kReadBackTrailer, std::string(read_back));
}

grpc::Status IncomingCall::Conclude(const std::string& operation, subjects::Subject subject,
                                    const gateway::CallReport& report, std::uint64_t pages) {
  AddTrailers(report);
  const std::string code = CodeName(report.status.code());
  const std::string reason = Reason(report.status);
  const transport::MonotonicTime::duration duration = clock_.Monotonic() - start_;
  metrics_.CountCall({.operation = operation,
                      .code = report.status.code(),
                      .reason = reason,
                      .duration = absl::FromChrono(duration),
                      .attempts = pages == 0 ? report.attempts : 0,
                      .unknown_fields = report.decode.unknown_fields,
                      .unknown_enum_values = report.decode.unknown_enum_values});
  // With many refused calls, a line for each would cost more than the refusals, just when resources are
  // short.
  if (shed_ || report.shed || reason == limits::kSidecarOverloaded) {
    LogShedding(clock_.Monotonic(), report.status.message());
    return ToGrpc(report.status);
  }
  ops::LogCall({.method = operation,
                .code = code,
                .reason = reason,
                .vendor_code = report.vendor_code,
                .request_id = report.request_id,
                .subject = subject,
                .http_status = report.http_status,
                .attempts = report.attempts,
                .waited = absl::ToChronoMicroseconds(report.waited),
                .read_back = NameOf(report.read_back),
                .pages = pages,
                .unknown_fields = report.decode.unknown_fields,
                .unknown_enum_values = report.decode.unknown_enum_values,
                .duration = std::chrono::duration_cast<std::chrono::microseconds>(duration)});
  return ToGrpc(report.status);
}

}  // namespace firstmile::rpc

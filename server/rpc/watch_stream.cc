#include "rpc/watch_stream.h"

#include <limits>

#include "errors/failure.h"
#include "errors/status.h"
#include "rpc/rpc_failures.h"
#include "rpc/token_messages.h"

namespace firstmile::rpc {
namespace {

constexpr char kOperation[] = "AuthService/WatchShops";

// The reason why a seller must log in belongs to the shop, not to a call.
v1::ErrorReason ReasonOf(tokens::TokenEvent event, absl::string_view reason) {
  const bool needs_login = event == tokens::TokenEvent::kAuthorizationRequired;
  return needs_login ? v1::ERROR_REASON_AUTHORIZATION_REQUIRED : errors::ReasonOf(reason);
}

}  // namespace

WatchStream::WatchStream(const AuthContext& auth, grpc::CallbackServerContext& context,
                         const v1::WatchShopsRequest& request)
    : clock_(auth.rpc.clock),
      shops_(request.shop_ids().begin(), request.shop_ids().end()),
      call_(auth.rpc, context, std::chrono::milliseconds::max()) {}

grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchStream::Start(const AuthContext& auth,
                                                               grpc::CallbackServerContext& context,
                                                               const ReceivedRequest& request,
                                                               const endpoints::RequestRules& rules) {
  auto* stream = new WatchStream(auth, context, static_cast<const v1::WatchShopsRequest&>(request.message()));
  stream->Begin(auth, request, rules);
  return stream;
}

void WatchStream::Begin(const AuthContext& auth, const ReceivedRequest& request,
                        const endpoints::RequestRules& rules) {
  if (auto full = call_.Enter(kOperation, request.message().ByteSizeLong()); full.has_value())
    return End(*std::move(full));
  const std::vector<errors::Violation> violations = request.Check(rules);
  if (!violations.empty()) return End(errors::InvalidRequest(violations, kOperation));
  StartSendInitialMetadata();  // tells the client that it gets all events from now on
  Listen(auth);
}

void WatchStream::Listen(const AuthContext& auth) {
  subscription_.emplace(auth.events, [this](tokens::TokenEvent event, const tokens::TokenRecord& record,
                                            absl::string_view reason) { Report(event, record, reason); });
  drain_.emplace(auth.draining, EndAtDrain{this});
}

void WatchStream::EndAtDrain::operator()() const {
  stream->End(WatchEndsAtDrain(kOperation));
}

void WatchStream::Report(tokens::TokenEvent event, const tokens::TokenRecord& record,
                         absl::string_view reason) {
  const bool shop = record.subject.kind == tokens::SubjectKind::kShop;
  if (!shops_.empty() && (!shop || !shops_.contains(record.subject.id))) return;
  v1::WatchShopsResponse response;
  response.set_event(EventOf(event));
  response.set_reason(ReasonOf(event, reason));
  FillShop(record, response.mutable_shop());
  SetTime(clock_.Now(), response.mutable_event_time());
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    full = waiting_.size() >= kWaitingMax;
    if (!full && !end_.has_value()) waiting_.push_back(BytesOf(response));
  }
  if (full) {
    End(WatcherTooSlow(kWaitingMax, kOperation));
  } else {
    Advance();
  }
}

void WatchStream::End(google::rpc::Status status) {
  {
    const std::lock_guard lock(mutex_);
    if (!end_.has_value()) end_ = std::move(status);
  }
  Advance();
}

// Starts the next write, or finishes when no write is in progress and the stream has ended.
void WatchStream::Advance() {
  const grpc::ByteBuffer* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (writing_ || finished_) return;
    if (end_.has_value()) {
      finished_ = true;
    } else if (waiting_.empty()) {
      return;
    } else {
      writing_ = true;
      next = &waiting_.front();  // a deque does not move its elements
    }
  }
  if (next != nullptr) {
    StartWrite(next);
    return;
  }
  gateway::CallReport report;
  report.status = *end_;
  Finish(call_.Conclude(kOperation, {}, report, written_));  // last: gRPC may free this stream at once
}

void WatchStream::OnWriteDone(bool ok) {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    waiting_.pop_front();
    if (ok) ++written_;
  }
  if (ok) {
    Advance();
  } else {
    End(CallerDisconnected(kOperation));
  }
}

void WatchStream::OnCancel() {
  call_.CallerGaveUp();
  End(CallerCancelled(kOperation));
}

}  // namespace firstmile::rpc

#include "rpc/watch_stream.h"

#include <limits>

#include "errors/status.h"
#include "rpc/auth_checks.h"
#include "rpc/custody_messages.h"

namespace firstmile::rpc {
namespace {

constexpr char kOperation[] = "AuthService/WatchShops";

}  // namespace

WatchStream::WatchStream(const AuthContext& auth, grpc::CallbackServerContext& context,
                         const v1::WatchShopsRequest& request)
    : clock_(auth.rpc.clock),
      shops_(request.shop_ids().begin(), request.shop_ids().end()),
      call_(auth.rpc, context, std::chrono::milliseconds::max()) {}

grpc::ServerWriteReactor<v1::WatchShopsResponse>* WatchStream::Start(const AuthContext& auth,
                                                                     grpc::CallbackServerContext& context,
                                                                     const v1::WatchShopsRequest& request) {
  auto* stream = new WatchStream(auth, context, request);
  stream->Begin(auth, Check(request));
  return stream;
}

void WatchStream::Begin(const AuthContext& auth, const Violations& violations) {
  if (auto full = call_.Enter(kOperation); full.has_value()) return End(*std::move(full));
  if (!violations.empty()) return End(errors::InvalidRequest(violations, kOperation));
  StartSendInitialMetadata();  // tells the client that it misses nothing from now on
  Listen(auth);
}

void WatchStream::Listen(const AuthContext& auth) {
  subscription_.emplace(auth.events, [this](tokens::Transition transition, const tokens::TokenRecord& record,
                                            absl::string_view reason) { Tell(transition, record, reason); });
  drain_.emplace(auth.draining, EndAtDrain{this});
}

void WatchStream::EndAtDrain::operator()() const {
  stream->End(errors::Local(errors::Code::kUnavailable, "DRAINING",
                            "the sidecar ends; watch again at another one", kOperation));
}

void WatchStream::Tell(tokens::Transition transition, const tokens::TokenRecord& record,
                       absl::string_view reason) {
  const bool shop = record.subject.kind == tokens::SubjectKind::kShop;
  if (!shops_.empty() && (!shop || !shops_.contains(record.subject.id))) return;
  v1::WatchShopsResponse event;
  event.set_event(EventOf(transition));
  event.set_reason(std::string(reason));
  FillShop(record, event.mutable_shop());
  SetTime(clock_.Now(), event.mutable_event_time());
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    full = waiting_.size() >= kWaitingMax;
    if (!full && !end_.has_value()) waiting_.push_back(std::move(event));
  }
  if (full) {
    End(errors::Local(errors::Code::kResourceExhausted, "WATCHER_TOO_SLOW",
                      "the reader fell too far behind; list the shops, then watch again", kOperation));
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

// Begins the next write, or finishes when nothing is in flight and the end is known.
void WatchStream::Advance() {
  const v1::WatchShopsResponse* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (writing_ || finished_) return;
    if (end_.has_value()) {
      finished_ = true;
    } else if (waiting_.empty()) {
      return;
    } else {
      writing_ = true;
      next = &waiting_.front();  // a deque keeps its elements where they are
    }
  }
  if (next != nullptr) {
    StartWrite(next);
    return;
  }
  gateway::CallReport report;
  report.status = *end_;
  Finish(call_.Conclude(kOperation, 0, report, written_));  // last: gRPC may free this stream at once
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
    End(errors::Local(errors::Code::kCancelled, "CANCELLED", "the client is gone", kOperation));
  }
}

void WatchStream::OnCancel() {
  call_.CallerGaveUp();
  End(errors::Local(errors::Code::kCancelled, "CANCELLED", "the caller cancelled", kOperation));
}

}  // namespace firstmile::rpc

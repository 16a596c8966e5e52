#include "rpc/health_service.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace firstmile::rpc {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

namespace {

grpc::Status ShuttingDown() {
  return {grpc::StatusCode::UNAVAILABLE, "the server is shutting down"};
}

grpc::Status TooManyWatch() {
  return {grpc::StatusCode::RESOURCE_EXHAUSTED,
          absl::StrCat("health is watched by ", HealthService::kWatchersMax, " calls already")};
}

}  // namespace

// One write at a time: a state that changes back before the previous write has ended is not sent.
class HealthService::Watcher final : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  // `known`: the service is served here, so its changes are sent. `connection` may be null.
  Watcher(HealthService& service, std::string peer, bool known,
          std::shared_ptr<listener::ConnectionCalls> connection)
      : service_(service), peer_(std::move(peer)), known_(known), connection_(std::move(connection)) {
    if (connection_ != nullptr) connection_->running.fetch_add(1, std::memory_order_relaxed);
  }
  ~Watcher() override {
    if (connection_ != nullptr) connection_->running.fetch_sub(1, std::memory_order_relaxed);
  }

  bool counted = false;  // counted by the service, under its mutex

  const std::string& peer() const { return peer_; }
  bool known() const { return known_; }

  void Notify(State state) {
    {
      const std::lock_guard lock(mutex_);
      wanted_ = state;
      if (writing_ || end_.has_value() || !Take()) return;
    }
    StartWrite(&response_);
  }

  void End(const grpc::Status& status) {
    {
      const std::lock_guard lock(mutex_);
      if (end_.has_value()) return;
      end_ = status;
      if (writing_) return;
    }
    Finish(status);
  }

  void OnWriteDone(bool ok) override {
    std::optional<grpc::Status> end;
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      if (!ok && !end_.has_value()) end_ = grpc::Status::CANCELLED;
      end = end_;
      if (!end.has_value() && !Take()) return;
    }
    if (end.has_value()) return Finish(*end);
    StartWrite(&response_);
  }

  void OnCancel() override { End(grpc::Status::CANCELLED); }

  void OnDone() override {
    service_.Forget(this);
    delete this;
  }

 private:
  // Makes the wanted state the next write. Returns false if it was written last. REQUIRES: mutex_.
  bool Take() {
    if (last_sent_ == wanted_) return false;
    last_sent_ = wanted_;
    response_.set_status(wanted_);
    writing_ = true;
    return true;
  }

  HealthService& service_;
  const std::string peer_;
  const bool known_;
  const std::shared_ptr<listener::ConnectionCalls> connection_;
  HealthCheckResponse response_;  // of the current write
  std::mutex mutex_;              // guards what follows
  State wanted_ = HealthCheckResponse::UNKNOWN;
  std::optional<State> last_sent_;
  std::optional<grpc::Status> end_;
  bool writing_ = false;
};

HealthService::HealthService(std::vector<std::string> services,
                             const listener::ConnectionRegistry& connections)
    : services_(std::move(services)), connections_(connections) {}

HealthService::~HealthService() = default;

bool HealthService::Knows(const std::string& service) const {
  return service.empty() || std::find(services_.begin(), services_.end(), service) != services_.end();
}

HealthService::State HealthService::StateOfAll() const {
  return serving_ ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

void HealthService::SetServing(bool now) {
  const std::lock_guard lock(mutex_);
  serving_ = now;
  VisitWatchers([this](Watcher& watcher) {
    if (watcher.known()) watcher.Notify(StateOfAll());
  });
}

void HealthService::EndWatchers() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  VisitWatchers([](Watcher& watcher) { watcher.End(ShuttingDown()); });
}

template <typename Visit>
void HealthService::VisitWatchers(Visit visit) const {
  for (const auto& [peer, watchers] : watchers_) {
    for (Watcher* watcher : watchers) visit(*watcher);
  }
}

grpc::ServerUnaryReactor* HealthService::Check(grpc::CallbackServerContext* context,
                                               const HealthCheckRequest* request,
                                               HealthCheckResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (!Knows(request->service())) {
    reactor->Finish(grpc::Status(grpc::StatusCode::NOT_FOUND, "the server has no such service"));
    return reactor;
  }
  {
    const std::lock_guard lock(mutex_);
    response->set_status(StateOfAll());
  }
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerWriteReactor<HealthCheckResponse>* HealthService::Watch(grpc::CallbackServerContext* context,
                                                                    const HealthCheckRequest* request) {
  const std::string peer = context->peer();
  auto* watcher = new Watcher(*this, peer, Knows(request->service()), connections_.Find(peer));
  const std::lock_guard lock(mutex_);
  if (ended_) {
    watcher->End(ShuttingDown());
  } else if (!MakeCapacityFor(peer)) {
    watcher->End(TooManyWatch());
  } else {
    watchers_[peer].insert(watcher);
    watcher->counted = true;
    ++count_;
    ++alive_;
    watcher->Notify(watcher->known() ? StateOfAll() : HealthCheckResponse::SERVICE_UNKNOWN);
  }
  return watcher;
}

bool HealthService::MakeCapacityFor(const std::string& peer) {
  if (alive_ >= 2 * kWatchersMax) return false;
  if (count_ < kWatchersMax) return true;
  const auto own = watchers_.find(peer);
  const std::size_t has = own == watchers_.end() ? 0 : own->second.size();
  const std::size_t peers = watchers_.size() + (own == watchers_.end() ? 1 : 0);
  if (has >= kWatchersMax / peers) return false;
  const auto most = std::max_element(watchers_.begin(), watchers_.end(), [](const auto& a, const auto& b) {
    return a.second.size() < b.second.size();
  });
  Watcher* ended = *most->second.begin();
  Remove(ended);
  ended->End(TooManyWatch());
  return true;
}

void HealthService::Remove(Watcher* watcher) {
  const auto peer = watchers_.find(watcher->peer());
  if (peer == watchers_.end() || peer->second.erase(watcher) == 0) return;
  --count_;
  if (peer->second.empty()) watchers_.erase(peer);
}

void HealthService::Forget(Watcher* watcher) {
  const std::lock_guard lock(mutex_);
  Remove(watcher);
  if (watcher->counted) --alive_;
}

}  // namespace firstmile::rpc

#include "rpc/health_service.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace firstmile::rpc {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

// One write at a time: a state that changes back before the last one was written is not told.
class HealthService::Watcher final : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  explicit Watcher(HealthService& service) : service_(service) {}

  void Tell(State state) {
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
  // Makes what is wanted the next write; false: it was written last. REQUIRES: mutex_.
  bool Take() {
    if (told_ == wanted_) return false;
    told_ = wanted_;
    response_.set_status(wanted_);
    writing_ = true;
    return true;
  }

  HealthService& service_;
  HealthCheckResponse response_;  // of the write that runs
  std::mutex mutex_;              // guards what follows
  State wanted_ = HealthCheckResponse::UNKNOWN;
  std::optional<State> told_;
  std::optional<grpc::Status> end_;
  bool writing_ = false;
};

HealthService::HealthService(std::vector<std::string> services) : services_(std::move(services)) {}

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
  for (const auto& [watcher, known] : watchers_) {
    if (known) watcher->Tell(StateOfAll());
  }
}

void HealthService::EndWatchers() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  for (const auto& [watcher, known] : watchers_) {
    watcher->End(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the server is shutting down"));
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

grpc::ServerWriteReactor<HealthCheckResponse>* HealthService::Watch(grpc::CallbackServerContext*,
                                                                    const HealthCheckRequest* request) {
  const bool known = Knows(request->service());
  auto* watcher = new Watcher(*this);
  const std::lock_guard lock(mutex_);
  if (ended_) {
    watcher->End(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the server is shutting down"));
  } else if (watchers_.size() >= kWatchersMax) {
    watcher->End(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                              absl::StrCat("health is watched by ", kWatchersMax, " callers already")));
  } else {
    watchers_.emplace(watcher, known);
    watcher->Tell(known ? StateOfAll() : HealthCheckResponse::SERVICE_UNKNOWN);
  }
  return watcher;
}

void HealthService::Forget(Watcher* watcher) {
  const std::lock_guard lock(mutex_);
  watchers_.erase(watcher);
}

}  // namespace firstmile::rpc

// A transport that answers from a script and records its requests; for faults and timings that a real
// upstream does not produce on demand.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "transport/event_loop.h"
#include "transport/http_transport.h"
#include "transport/stoppable_event.h"

namespace firstmile::testing {

inline transport::HttpResult Answer(std::string body, int status = 200,
                                    std::string content_type = "application/json") {
  transport::HttpResult result;
  result.response = {status, std::move(content_type), std::move(body)};
  return result;
}

inline transport::HttpResult Failure(transport::HttpFailure failure) {
  transport::HttpResult result;
  result.failure = failure;
  result.detail = "scripted";
  return result;
}

// Belongs to its loop. A request without a scripted answer waits until it is stopped.
class ScriptedTransport final : public transport::HttpTransport {
 public:
  explicit ScriptedTransport(transport::EventLoop& loop) : loop_(loop) {}

  void Then(transport::HttpResult result) { script_.push_back(std::move(result)); }

  async::Task<transport::HttpResult> Send(transport::HttpRequest request, std::stop_token stop) override {
    requests.push_back(std::move(request));
    if (on_send) on_send();
    if (!script_.empty()) {
      transport::HttpResult result = std::move(script_.front());
      script_.pop_front();
      co_return result;
    }
    transport::StoppableEvent never(loop_, std::move(stop));
    co_await never;
    co_return Failure(transport::HttpFailure::kStopped);
  }

  void Distrust() override { ++distrusted; }

  std::vector<transport::HttpRequest> requests;
  std::function<void()> on_send;
  int distrusted = 0;

 private:
  transport::EventLoop& loop_;
  std::deque<transport::HttpResult> script_;
};

}  // namespace firstmile::testing

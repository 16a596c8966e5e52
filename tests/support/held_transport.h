// A transport that holds each request until the test answers it, so that a test can inspect the state during
// a request.
//
// Call `Send` on the loop, the other functions on the test's thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "transport/event_loop.h"
#include "transport/http_transport.h"
#include "transport/stoppable_event.h"

namespace firstmile::testing {

class HeldTransport final : public transport::HttpTransport {
 public:
  explicit HeldTransport(transport::EventLoop& loop) : loop_(loop) {}

  // Answers the oldest waiting request, or the next one.
  void Reply(transport::HttpResult result) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(result));
    loop_.Post([this] { Match(); });
  }

  // Answers every waiting and later request with `result`.
  void ReplyAlways(transport::HttpResult result) {
    const std::lock_guard lock(mutex_);
    always_ = std::move(result);
    loop_.Post([this] { Match(); });
  }

  // Waits until `count` requests have arrived in total.
  void AwaitRequests(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return requests_.size() >= count; });
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return requests_.size();
  }
  transport::HttpRequest request(std::size_t index) const {
    const std::lock_guard lock(mutex_);
    return requests_.at(index);
  }

  async::Task<transport::HttpResult> Send(transport::HttpRequest request, std::stop_token stop) override {
    if (on_send) on_send();
    auto held = std::make_shared<Held>(loop_, std::move(stop));
    waiting_.push_back(held);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(std::move(request));
    }
    changed_.notify_all();
    Match();
    const bool answered = co_await held->waiter;
    std::erase(waiting_, held);
    if (answered) co_return std::move(held->result);
    transport::HttpResult stopped;
    stopped.failure = transport::HttpFailure::kStopped;
    co_return stopped;
  }

  std::function<void()> on_send;  // set before the first request; called on the loop

 private:
  struct Held {
    Held(transport::EventLoop& loop, std::stop_token stop) : waiter(loop, std::move(stop)) {}
    transport::StoppableEvent waiter;
    transport::HttpResult result;
  };

  void Match() {
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty() && (!answers_.empty() || always_.has_value())) {
      const std::shared_ptr<Held> held = waiting_.front();
      waiting_.pop_front();
      if (answers_.empty()) {
        held->result = *always_;
      } else {
        held->result = std::move(answers_.front());
        answers_.pop_front();
      }
      held->waiter.Set();
    }
  }

  transport::EventLoop& loop_;
  std::deque<std::shared_ptr<Held>> waiting_;  // accessed on the loop's thread

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::vector<transport::HttpRequest> requests_;
  std::deque<transport::HttpResult> answers_;
  std::optional<transport::HttpResult> always_;
};

}  // namespace firstmile::testing

// Forwards token events to every listener.
//
// Thread-safe. Listeners run on the loop where the event occurred. They must not block, subscribe or
// unsubscribe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "tokens/token_events.h"

namespace firstmile::tokens {

class TokenEventBroadcast final : public TokenEvents {
 public:
  using Listener = std::function<void(TokenEvent, const TokenRecord&, absl::string_view reason)>;

  // Listens until destroyed; the destructor waits for a running callback. The broadcast outlives it.
  class Subscription {
   public:
    Subscription(TokenEventBroadcast& broadcast, Listener listener);
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

   private:
    TokenEventBroadcast& broadcast_;
    int id_ = 0;
  };

  void On(TokenEvent event, const TokenRecord& record, absl::string_view reason) override;

 private:
  std::mutex mutex_;  // guards the two below; held while listeners run
  std::map<int, Listener> listeners_;
  int next_id_ = 0;
};

}  // namespace firstmile::tokens

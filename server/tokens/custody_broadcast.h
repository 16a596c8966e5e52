// Passes the events of custody on to everybody who listens.
//
// Thread-safe. A listener is called on the loop where the event happened, must not block, and must not
// subscribe or unsubscribe from there.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "tokens/custody_events.h"

namespace firstmile::tokens {

class CustodyBroadcast final : public CustodyEvents {
 public:
  using Listener = std::function<void(Transition, const TokenRecord&, absl::string_view reason)>;

  // Listens until it is destroyed, which waits for a call that is under way. The broadcast outlives it.
  class Subscription {
   public:
    Subscription(CustodyBroadcast& broadcast, Listener listener);
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

   private:
    CustodyBroadcast& broadcast_;
    int id_ = 0;
  };

  void On(Transition transition, const TokenRecord& record, absl::string_view reason) override;

 private:
  std::mutex mutex_;  // guards the two below, and is held while listeners are called
  std::map<int, Listener> listeners_;
  int next_id_ = 0;
};

}  // namespace firstmile::tokens

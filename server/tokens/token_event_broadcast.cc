#include "tokens/token_event_broadcast.h"

namespace firstmile::tokens {

TokenEventBroadcast::Subscription::Subscription(TokenEventBroadcast& broadcast, Listener listener)
    : broadcast_(broadcast) {
  const std::lock_guard lock(broadcast_.mutex_);
  id_ = broadcast_.next_id_++;
  broadcast_.listeners_.emplace(id_, std::move(listener));
}

TokenEventBroadcast::Subscription::~Subscription() {
  const std::lock_guard lock(broadcast_.mutex_);
  broadcast_.listeners_.erase(id_);
}

void TokenEventBroadcast::On(TokenEvent event, const TokenRecord& record, absl::string_view reason) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, listener] : listeners_) listener(event, record, reason);
}

}  // namespace firstmile::tokens

#include "tokens/custody_broadcast.h"

namespace firstmile::tokens {

CustodyBroadcast::Subscription::Subscription(CustodyBroadcast& broadcast, Listener listener)
    : broadcast_(broadcast) {
  const std::lock_guard lock(broadcast_.mutex_);
  id_ = broadcast_.next_id_++;
  broadcast_.listeners_.emplace(id_, std::move(listener));
}

CustodyBroadcast::Subscription::~Subscription() {
  const std::lock_guard lock(broadcast_.mutex_);
  broadcast_.listeners_.erase(id_);
}

void CustodyBroadcast::On(Transition transition, const TokenRecord& record, absl::string_view reason) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, listener] : listeners_) listener(transition, record, reason);
}

}  // namespace firstmile::tokens

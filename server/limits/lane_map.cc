#include "limits/lane_map.h"

#include <algorithm>

namespace firstmile::limits {
namespace {

// Lanes that are looked at for one new one: a bound on the work of a call.
constexpr int kLooksMax = 16;

}  // namespace

Lane* LaneMap::Find(std::int64_t shop_id, absl::string_view operation) const {
  const auto shop = shops_.find(shop_id);
  if (shop == shops_.end()) return nullptr;
  for (const auto& lane : shop->second->lanes) {
    if (lane->operation == operation) return lane.get();
  }
  return nullptr;
}

Lane* LaneMap::Use(std::int64_t shop_id, absl::string_view operation, transport::MonotonicTime now) {
  DropOld(now);
  Lane* lane = Find(shop_id, operation);
  if (lane != nullptr) {
    lane->last_used = now;
    by_use_.splice(by_use_.end(), by_use_, lane->place);
    return lane;
  }
  if (by_use_.size() >= options_.keys_max && !DropIdle(now)) return nullptr;
  std::unique_ptr<Shop>& shop = shops_[shop_id];
  if (shop == nullptr) shop = std::make_unique<Shop>(loop_, shop_id, options_.in_flight_per_shop);
  lane = shop->lanes.emplace_back(std::make_unique<Lane>(*shop, operation, options_.rate)).get();
  lane->window = options_.rate.unproven_in_flight;
  lane->last_used = now;
  lane->place = by_use_.insert(by_use_.end(), lane);
  return lane;
}

void LaneMap::ForEach(const std::function<void(Lane&)>& work) const {
  for (Lane* lane : by_use_) work(*lane);
}

bool LaneMap::Idle(const Lane& lane, transport::MonotonicTime now) const {
  if (!lane.empty()) return false;
  const auto& learned = lane.curve.learned();
  return !learned.has_value() || absl::FromChrono(now - learned->backed_off_at) >= options_.idle_after;
}

// Two for each call that comes, so that the map shrinks faster than it grows.
void LaneMap::DropOld(transport::MonotonicTime now) {
  for (int i = 0; i < 2 && !by_use_.empty(); ++i) {
    Lane& oldest = *by_use_.front();
    if (absl::FromChrono(now - oldest.last_used) < options_.idle_after) return;
    if (oldest.empty()) {
      Drop(oldest);
    } else {
      oldest.last_used = now;
      by_use_.splice(by_use_.end(), by_use_, oldest.place);
    }
  }
}

bool LaneMap::DropIdle(transport::MonotonicTime now) {
  int looks = 0;
  for (Lane* lane : by_use_) {
    if (++looks > kLooksMax) return false;
    if (!Idle(*lane, now)) continue;
    Drop(*lane);
    return true;
  }
  return false;
}

void LaneMap::Drop(Lane& lane) {
  by_use_.erase(lane.place);
  Shop& shop = lane.shop;
  std::erase_if(shop.lanes, [&lane](const auto& other) { return other.get() == &lane; });
  if (shop.lanes.empty()) shops_.erase(shop.id);
}

}  // namespace firstmile::limits

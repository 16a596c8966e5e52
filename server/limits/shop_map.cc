#include "limits/shop_map.h"

namespace firstmile::limits {
namespace {

// Most shops inspected to free an entry, which bounds the work per call.
constexpr int kInspectedMax = 16;

ShopOperation* OperationOf(const Shop& shop, absl::string_view name) {
  for (const auto& operation : shop.operations) {
    if (operation->name == name) return operation.get();
  }
  return nullptr;
}

}  // namespace

const ShopOperation* ShopMap::Find(subjects::Subject subject, absl::string_view operation) const {
  const auto shop = shops_.find(subject);
  return shop == shops_.end() ? nullptr : OperationOf(*shop->second, operation);
}

ShopOperation* ShopMap::Use(subjects::Subject subject, absl::string_view operation,
                            transport::MonotonicTime now) {
  ForgetOld(now);
  const auto known = shops_.find(subject);
  Shop* shop = known == shops_.end() ? nullptr : known->second.get();
  if (shop != nullptr) {
    Renew(*shop, now);
    if (ShopOperation* found = OperationOf(*shop, operation); found != nullptr) return found;
  }
  if (operations_ >= options_.operations_max && !ForgetOne(now)) return nullptr;
  if (shop == nullptr || !shops_.contains(subject)) {
    shop = (shops_[subject] = std::make_unique<Shop>(subject, options_.in_flight_per_shop)).get();
    shop->last_used = now;
    shop->by_use = by_use_.insert(by_use_.end(), shop);
  }
  ++operations_;
  return shop->operations.emplace_back(std::make_unique<ShopOperation>(*shop, operation, options_.rate))
      .get();
}

void ShopMap::ForEach(const std::function<void(ShopOperation&)>& work) const {
  for (const Shop* shop : by_use_) {
    for (const auto& operation : shop->operations) work(*operation);
  }
}

// Two for each new call, so that the map shrinks faster than it grows.
void ShopMap::ForgetOld(transport::MonotonicTime now) {
  for (int i = 0; i < 2 && !by_use_.empty(); ++i) {
    Shop& oldest = *by_use_.front();
    if (absl::FromChrono(now - oldest.last_used) < options_.idle_after) return;
    if (oldest.idle()) {
      Forget(oldest);
    } else {
      Renew(oldest, now);
    }
  }
}

bool ShopMap::ForgetOne(transport::MonotonicTime now) {
  for (int inspected = 0; inspected < kInspectedMax && !by_use_.empty(); ++inspected) {
    Shop& oldest = *by_use_.front();
    if (oldest.idle()) {
      Forget(oldest);
      return true;
    }
    Renew(oldest, now);
  }
  return false;
}

void ShopMap::Renew(Shop& shop, transport::MonotonicTime now) {
  shop.last_used = now;
  by_use_.splice(by_use_.end(), by_use_, shop.by_use);
}

void ShopMap::Forget(Shop& shop) {
  by_use_.erase(shop.by_use);
  operations_ -= shop.operations.size();
  shops_.erase(shop.subject);
}

}  // namespace firstmile::limits

#include "flows/order_groups.h"

#include "absl/container/flat_hash_map.h"

namespace firstmile::flows {

std::vector<OrdersOfShop> GroupByShop(const FlowOrders& orders) {
  std::vector<OrdersOfShop> shops;
  absl::flat_hash_map<std::int64_t, std::size_t> places;
  for (int i = 0; i < orders.size(); ++i) {
    const std::int64_t shop_id = orders[i].shop_id();
    const auto [place, is_new] = places.try_emplace(shop_id, shops.size());
    if (is_new) shops.push_back({.shop_id = shop_id, .orders = {}});
    shops[place->second].orders.push_back(i);
  }
  return shops;
}

v1::OrderKey KeyOf(const v1::FlowOrder& order) {
  v1::OrderKey key;
  key.set_order_sn(order.order_sn());
  key.set_package_number(order.package_number());
  return key;
}

}  // namespace firstmile::flows

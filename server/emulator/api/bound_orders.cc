#include "emulator/api/bound_orders.h"

namespace emulator::api {

namespace json = boost::json;

Page<BoundKey> PageOfOrders(const Call& call, const FirstMileNumber& number, const Cursor& cursor, int size) {
  std::optional<BoundKey> after;
  if (cursor) after = BoundKey(call.shop.id, static_cast<Row>(*cursor));
  return TakePage(number.packages, {call.shop.id, 0}, {call.shop.id + 1, 0}, after, size);
}

void AppendOrders(const World& world, const Page<BoundKey>& page, json::object& response) {
  json::array orders;
  for (const auto& [shop, row] : page.keys) {
    const Package& package = world.package(row);
    json::object order;
    order["order_sn"] = world.order(package.order).sn;
    order["package_number"] = package.number;
    order["sls_tracking_number"] = package.tracking_number;
    order["pick_up_done"] = package.picked_up;
    order["arrived_transit_warehouse"] = package.at_warehouse;
    orders.push_back(std::move(order));
  }
  response["order_list"] = std::move(orders);
  response["more"] = page.more;
  response["next_cursor"] = page.more ? std::to_string(page.keys.back().second) : "";
}

}  // namespace emulator::api

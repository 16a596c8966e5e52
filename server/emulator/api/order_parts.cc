#include "emulator/api/order_parts.h"

#include "emulator/world/order_events.h"

namespace emulator::api {

int64_t ShipByDate(const Order& order) {
  return order.create_time + kDaysToShip * kSecondsPerDay;
}

boost::json::object DescribeBuyer() {
  return {{"name", "****"},     {"phone", "****"},         {"town", ""},
          {"district", "****"}, {"city", "Petaling Jaya"}, {"state", "Selangor"},
          {"region", "MY"},     {"zipcode", ""},           {"full_address", "****"}};
}

boost::json::object DescribePackedItem(const Item& item) {
  return {{"item_id", item.item_id},       {"model_id", item.model_id}, {"model_quantity", item.quantity},
          {"order_item_id", item.item_id}, {"promotion_group_id", 0},   {"product_location_id", ""}};
}

bool MayBeCancelled(const Order& order) {
  return world::TransitionOf(world::OrderEvent::kCancelBySeller).from.Has(order.status);
}

void AddPendingTerms(const Order& order, boost::json::object& entry) {
  const bool pending = order.status == OrderStatus::kPending;
  entry["pending_terms"] = pending ? boost::json::array{"SYSTEM_PENDING"} : boost::json::array{};
  entry["pending_description"] =
      pending ? boost::json::array{"The order is being allocated."} : boost::json::array{};
}

}  // namespace emulator::api

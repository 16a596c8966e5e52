#include "emulator/api/ship_ways.h"

#include "emulator/api/ship_options.h"
#include "emulator/world/special_order.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

using world::SpecialOrder;

constexpr std::size_t kLongestName = 64;

json::object DescribeDropoff(const Call& call) {
  json::object branch = DescribeAddress(call.shop);
  branch["branch_id"] = kBranchId;
  return {{"branch_list", json::array{std::move(branch)}}};
}

void CheckDropoff(const json::object& dropoff, Problem& problem) {
  const BodyFields fields(dropoff, problem, "dropoff.");
  const auto branch = fields.OptionalInt("branch_id");
  const std::string name = fields.Optional("sender_real_name");
  const std::string number = fields.Optional("tracking_number");
  if (problem) return;
  if (!branch) {
    return problem.Report("logistics.ship_order_need_branch_id", "Parameter branch_id is required.");
  }
  if (*branch != kBranchId) return problem.Report("logistics.error_store_not_found", "Store is not found.");
  if (name.size() > kLongestName) {
    return problem.Report("logistics.ship_order_long_sender_real_name",
                          "Parameter sender_real_name can not be longer than 64.");
  }
  CheckTrackingNumber(number, problem);
}

// The tracking numbers of mass_ship_order are a list, which its own code reads.
std::string ReadOwnNumber(const json::object& non_integrated, Problem& problem) {
  const json::value* number = non_integrated.if_contains("tracking_number");
  if (number != nullptr && number->is_array()) return "";
  std::string text = BodyFields(non_integrated, problem, "non_integrated.").Optional("tracking_number");
  CheckTrackingNumber(text, problem);
  return text;
}

// The name of the only way that the call gives; "" if a problem was reported.
std::string_view OnlyWay(const Order& order, const BodyFields& body, Problem& problem) {
  std::string_view way;
  int ways = 0;
  for (const std::string_view name : {"pickup", "dropoff", "non_integrated"}) {
    if (!body.HasValue(name)) continue;
    way = name;
    ++ways;
  }
  if (ways != 1) {
    problem.Report("logistics.ship_order_only_support_one_type",
                   "Please select just one way to ship order: pickup or dropoff or non_integrated.");
    return "";
  }
  if (TransportOf(order) == Transport::kSeller && way == "pickup") {
    problem.Report("logistics.ship_order_unsupport_pickup", "This order does not support ship with pickup.");
  } else if (TransportOf(order) == Transport::kSeller && way == "dropoff") {
    problem.Report("logistics.ship_order_unsupport_dropoff",
                   "This order does not support ship with dropoff.");
  } else if (TransportOf(order) == Transport::kCarrier && way == "non_integrated") {
    problem.Report("logistics.ship_order_unsupport_non_integrated",
                   "This order does not support ship with non_integrated.");
  }
  return problem ? "" : way;
}

}  // namespace

Row ReadPackageToShip(const Call& call, const std::string& order_sn, const std::string& package_number,
                      Problem& problem) {
  const Order* order = problem ? nullptr : call.world.FindOrder(order_sn);
  const bool own = order != nullptr && order->shop_id == call.shop.id;
  if (own && order->packages.size() > 1 && package_number.empty()) {
    problem.Report("logistics.ship_order_need_pacakge_number",
                   "Please request with package_number for this split order.");
  } else if (own && order->packages.size() == 1 && !package_number.empty()) {
    problem.Report("logistics.ship_order_not_need_pacakge_number",
                   "Please don\u2019t request with package_number for this unsplit order.");
  }
  return FindPackageToShip(call, order_sn, package_number, problem);
}

void CheckShippable(const Call& call, Row row, Problem& problem) {
  if (problem) return;
  const Package& package = call.world.package(row);
  const Order& order = call.world.order(package.order);
  if (order.status == OrderStatus::kCancelled) {
    return problem.Report("logistics.error_order_state", "Operation is not allow with current order status.");
  }
  if (package.logistics_status == LogisticsStatus::kNotStart ||
      package.logistics_status == LogisticsStatus::kPendingArrange) {
    return problem.Report("logistics.ship_order_not_ready_to_ship", "The order is not ready to ship.");
  }
  if (package.logistics_status != LogisticsStatus::kReady) {
    return problem.Report(
        "logistics.package_already_shipped",
        "This package has already been arranged shipment and you can't call this API again.");
  }
  if (order.status != OrderStatus::kReadyToShip) {
    return problem.Report("logistics.ship_order_not_ready_to_ship", "The order is not ready to ship.");
  }
  if (world::SpecialOrderOf(order.sn) == SpecialOrder::kRefusesShip) {
    problem.Report("logistics.business_process_error", "Business process failed.");
  }
}

json::object DescribePickup(const Call& call) {
  json::object address = DescribeAddress(call.shop);
  address["address_id"] = call.shop.pickup_address_id;
  address["address_flag"] = {"default_address", "pickup_address"};
  address["time_slot_list"] = DescribeSlots(call.world);
  return {{"address_list", json::array{std::move(address)}}};
}

json::object DescribeWays(const Call& call, const Order& order) {
  if (TransportOf(order) == Transport::kSeller) {
    return {{"info_needed", {{"non_integrated", json::array()}}}, {"pickup", nullptr}, {"dropoff", nullptr}};
  }
  return {
      {"info_needed", {{"pickup", {"address_id", "pickup_time_id"}}, {"dropoff", json::array{"branch_id"}}}},
      {"pickup", DescribePickup(call)},
      {"dropoff", DescribeDropoff(call)}};
}

ShipWay ReadWay(const Call& call, const Order& order, const BodyFields& body, Problem& problem) {
  ShipWay chosen;
  const std::string_view name = problem ? "" : OnlyWay(order, body, problem);
  const json::object* way = name.empty() ? nullptr : body.RequiredObject(name);
  if (way == nullptr) return chosen;
  if (name == "pickup") {
    chosen.pickup = ReadPickup(call, *way, problem);
  } else if (name == "dropoff") {
    CheckDropoff(*way, problem);
  } else {
    chosen.tracking_number = ReadOwnNumber(*way, problem);
  }
  return chosen;
}

std::optional<Pickup> ReadPickup(const Call& call, const json::object& pickup, Problem& problem) {
  const BodyFields fields(pickup, problem, "pickup.");
  const auto address = fields.OptionalInt("address_id");
  const std::string slot = fields.Optional("pickup_time_id");
  if (problem) return std::nullopt;
  if (!address || slot.empty()) {
    problem.Report("logistics.ship_order_need_address_pickup_time",
                   "Parameter address_id and pickup_time_id are required.");
  } else if (*address != call.shop.pickup_address_id) {
    problem.Report("logistics.address_not_found", "Address is not found.");
  } else if (!IsSlot(call.world, slot)) {
    problem.Report("logistics.ship_order_pickup_time_invalid",
                   "Invalid pickup time id. Please check the pick up time id.");
  }
  if (problem) return std::nullopt;
  return Pickup{*address, slot};
}

void CheckTrackingNumber(const std::string& number, Problem& problem) {
  if (number.size() > kLongestName) {
    problem.Report("logistics.ship_order_long_tracking_number",
                   "Parameter tracking_number can not be longer than 64.");
  }
}

void Ship(const Call& call, Row package, const ShipWay& way) {
  World& world = call.world;
  world.lifecycle().Apply(world, {world.package(package).order, world::OrderEvent::kShip, package, {}});
  if (way.pickup) world.SetPickup(package, *way.pickup);
  if (!way.tracking_number.empty()) world.SetTrackingNumber(package, way.tracking_number, world.Now());
}

}  // namespace emulator::api

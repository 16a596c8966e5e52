#include "emulator/api/operations.h"
#include "emulator/api/ship_options.h"
#include "emulator/world/magic.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongestName = 64;

// A split order needs its package named, an unsplit one must not name it. Both have codes of their own here.
Row ReadPackage(const Call& call, const BodyFields& body, Problem& problem) {
  const std::string sn = body.Required("order_sn");
  const std::string number = body.Optional("package_number");
  const Order* order = problem ? nullptr : call.world.FindOrder(sn);
  const bool own = order != nullptr && order->shop_id == call.shop.id;
  if (own && order->packages.size() > 1 && number.empty()) {
    problem.Report("logistics.ship_order_need_pacakge_number",
                   "Please request with package_number for this split order.");
  } else if (own && order->packages.size() == 1 && !number.empty()) {
    problem.Report("logistics.ship_order_not_need_pacakge_number",
                   "Please don\u2019t request with package_number for this unsplit order.");
  }
  return FindPackageToShip(call, sn, number, problem);
}

void CheckState(const Call& call, Row row, Problem& problem) {
  if (problem) return;
  const Package& package = call.world.package(row);
  const Order& order = call.world.order(package.order);
  if (order.status == OrderStatus::kCancelled) {
    return problem.Report("logistics.error_order_state", "Operation is not allow with current order status.");
  }
  if (package.logistics_status == LogisticsStatus::kNotStart) {
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
  if (world::MagicOf(order.sn) == world::Magic::kRefusesShip) {
    problem.Report("logistics.business_process_error", "Business process failed.");
  }
}

void CheckPickup(const Call& call, const json::object& pickup, Problem& problem) {
  const BodyFields fields(pickup, problem, "pickup.");
  const auto address = fields.OptionalInt("address_id");
  const std::string slot = fields.Optional("pickup_time_id");
  if (problem) return;
  if (!address || slot.empty()) {
    return problem.Report("logistics.ship_order_need_address_pickup_time",
                          "Parameter address_id and pickup_time_id are required.");
  }
  if (*address != call.shop.pickup_address_id) {
    return problem.Report("logistics.address_not_found", "Address is not found.");
  }
  if (!IsSlot(call.world, slot)) {
    problem.Report("logistics.ship_order_pickup_time_invalid",
                   "Invalid pickup time id. Please check the pick up time id.");
  }
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
  if (number.size() > kLongestName) {
    problem.Report("logistics.ship_order_long_tracking_number",
                   "Parameter tracking_number can not be longer than 64.");
  }
}

void CheckWay(const Call& call, const BodyFields& body, Problem& problem) {
  if (problem) return;
  const int ways = body.HasValue("pickup") + body.HasValue("dropoff") + body.HasValue("non_integrated");
  if (ways != 1) {
    return problem.Report("logistics.ship_order_only_support_one_type",
                          "Please select just one way to ship order: pickup or dropoff or non_integrated.");
  }
  if (body.HasValue("non_integrated")) {
    return problem.Report("logistics.ship_order_unsupport_non_integrated",
                          "This order does not support ship with non_integrated.");
  }
  const bool by_pickup = body.HasValue("pickup");
  const json::object* way = body.RequiredObject(by_pickup ? "pickup" : "dropoff");
  if (way == nullptr) return;
  if (by_pickup) {
    CheckPickup(call, *way, problem);
  } else {
    CheckDropoff(*way, problem);
  }
}

}  // namespace

Reply ShipOrder(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const Row row = ReadPackage(call, body, problem);
  CheckState(call, row, problem);
  CheckWay(call, body, problem);
  if (problem) return problem.AsReply();
  call.world.lifecycle().ArrangeShipment(call.world, row);
  return {};
}

}  // namespace emulator::api

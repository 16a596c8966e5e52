#include <array>

#include "emulator/api/operations.h"
#include "emulator/api/ship_options.h"
#include "emulator/api/ship_ways.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

using world::OrderEvent;

constexpr std::size_t kLongestUrl = 2048;

// A state that the seller reports, and what then happens to the package.
struct SellerState {
  std::string_view name;
  OrderEvent event;
};

constexpr std::array kSellerStates = {
    SellerState{"logistics_pickup_done", OrderEvent::kPickUp},
    SellerState{"logistics_delivery_done", OrderEvent::kDeliver},
    SellerState{"logistics_delivery_failed", OrderEvent::kFailDelivery},
};

const SellerState* FindSellerState(std::string_view name, Problem& problem) {
  for (const SellerState& state : kSellerStates) {
    if (state.name == name) return &state;
  }
  problem.WrongParameter("logistics_status is invalid.");
  return nullptr;
}

struct Report {
  const SellerState* state = nullptr;
  std::string tracking_number;
  std::string tracking_url;
  std::string failed_reason;
};

Report ReadReport(const BodyFields& body, Problem& problem) {
  Report report;
  report.tracking_number = body.Optional("tracking_number");
  report.tracking_url = body.Optional("tracking_url");
  report.failed_reason = body.Optional("failed_reason");
  const std::string status = body.Required("logistics_status");
  if (!problem) report.state = FindSellerState(status, problem);
  if (report.tracking_url.size() > kLongestUrl) {
    problem.WrongParameter("tracking_url must be 2048 characters or less.");
  }
  return report;
}

// Whether the members fit the state that is reported; channel 90026 alone takes a reason, and none is here.
bool IsConsistent(const Report& report) {
  const bool names_parcel = !report.tracking_number.empty() || !report.tracking_url.empty();
  if (names_parcel && report.state->event != OrderEvent::kPickUp) return false;
  return report.failed_reason.empty();
}

// Without a carrier that collects, a parcel that is delivered was picked up on the way.
bool Apply(const Call& call, Row package, OrderEvent event) {
  World& world = call.world;
  const Row order = world.package(package).order;
  const bool not_collected = world.package(package).logistics_status == LogisticsStatus::kRequestCreated;
  if (event != OrderEvent::kPickUp && not_collected) {
    world.lifecycle().Apply(world, {order, OrderEvent::kPickUp, package, {}});
  }
  return world.lifecycle().Apply(world, {order, event, package, {}});
}

}  // namespace

Reply UpdateShippingOrder(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const std::string sn = body.Required("order_sn");
  const Row row = ReadPackageToShip(call, sn, body.Optional("package_number"), problem);
  const json::object* object = problem ? nullptr : body.RequiredObject("pickup");
  const std::optional<Pickup> pickup = object == nullptr ? std::nullopt : ReadPickup(call, *object, problem);
  if (problem) return problem.AsReply();
  const Package& package = call.world.package(row);
  const Pickup* before = call.world.PickupOf(row);
  if (before != nullptr && *before == *pickup) {
    return Failure("logistics.update_shipping_order_no_param_change",
                   "You can\u2019t update shipping with all the same parameters.");
  }
  const bool updated =
      package.logistics_status == LogisticsStatus::kPickupRetry &&
      call.world.lifecycle().Apply(call.world, {package.order, OrderEvent::kReschedule, row, {}});
  if (!updated) {
    return Failure("logistics.order_not_ready_to_update", "The order status is not ready to update.");
  }
  call.world.SetPickup(row, *pickup);
  return {};
}

Reply UpdateTrackingStatus(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const std::string sn = body.Required("order_sn");
  const Report report = ReadReport(body, problem);
  const Order* order = problem ? nullptr : call.world.FindOrder(sn);
  if (!problem && (order == nullptr || order->shop_id != call.shop.id)) {
    problem.Report("logistics.order_not_exist", "The order_sn " + sn + " is not exist.");
  }
  if (problem) return problem.AsReply();
  const Row package = order->packages.front();
  const bool possible = TransportOf(*order) == Transport::kSeller && IsConsistent(report);
  const bool done = possible && Apply(call, package, report.state->event);
  if (done && !report.tracking_number.empty()) {
    call.world.SetTrackingNumber(package, report.tracking_number, call.world.Now());
  }
  return Success({{"update_result", done ? "succeed" : "failed"}});
}

}  // namespace emulator::api

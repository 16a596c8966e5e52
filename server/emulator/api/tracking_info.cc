#include "emulator/api/operations.h"
#include "emulator/api/params.h"
#include "emulator/api/tracked_package.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

struct Event {
  int64_t hours;  // after the order was made, when the schedule did not bring it about
  std::string_view status;
  std::string_view description;
  int64_t time = 0;  // Unix seconds; 0: see hours

  Event At(uint32_t moment) const { return {hours, status, description, moment}; }
};

constexpr Event kCreated = {1, "ORDER_CREATED", "Parcel information has been received."};
constexpr Event kRequested = {2, "PICKUP_REQUESTED", "Sender is preparing to ship the parcel."};
constexpr Event kPickedUp = {26, "PICKED_UP", "Parcel has been picked up by the first mile carrier."};
constexpr Event kArrived = {50, "DELIVERY_PENDING", "Parcel has arrived at the transit warehouse."};
constexpr Event kDelivered = {170, "DELIVERED", "Parcel has been delivered."};
constexpr Event kCanceled = {3, "CANCELED", "Parcel has been cancelled."};

// Newest first.
json::array DescribeEvents(const std::vector<Event>& events, int64_t start) {
  json::array list;
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    list.push_back({{"update_time", event->time != 0 ? event->time : start + event->hours * 3600},
                    {"description", std::string(event->description)},
                    {"logistics_status", std::string(event->status)}});
  }
  return list;
}

std::vector<Event> EventsOf(LogisticsStatus status, bool picked_up, bool at_warehouse,
                            const Milestones& times = {}) {
  if (status == LogisticsStatus::kNotStart || status == LogisticsStatus::kReady) return {};
  std::vector<Event> events = {kCreated.At(times.shipped), kRequested.At(times.shipped)};
  if (status == LogisticsStatus::kInvalid) events.push_back(kCanceled);
  if (picked_up) events.push_back(kPickedUp.At(times.picked_up));
  if (at_warehouse) events.push_back(kArrived.At(times.arrived));
  if (status == LogisticsStatus::kDeliveryDone) events.push_back(kDelivered.At(times.delivered));
  return events;
}

}  // namespace

Reply GetTrackingInfo(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const std::string sn = query.Required("order_sn");
  const Package* package = FindTrackedPackage(call, sn, query.Optional("package_number"), problem);
  if (problem) return problem.AsReply();
  const Order& order = call.world.order(package->order);
  if (order.status == OrderStatus::kReadyToShip) {
    return Failure("logistics.error_status_limit",
                   "The order status is invalid. Please check the order status.");
  }
  const Milestones times = call.world.lifecycle().MilestonesOf(call.world.RowOfPackage(package->number));
  const auto events = EventsOf(package->logistics_status, package->picked_up, package->at_warehouse, times);
  return Success({{"order_sn", order.sn},
                  {"package_number", package->number},
                  {"logistics_status", std::string(Name(package->logistics_status))},
                  {"tracking_info", DescribeEvents(events, order.create_time)}});
}

Reply GetBookingTrackingInfo(Call& call) {
  Problem problem;
  const Booking* booking = FindTrackedBooking(call, problem);
  if (problem) return problem.AsReply();
  return Success({{"booking_sn", booking->sn},
                  {"logistics_status", std::string(Name(booking->logistics_status))},
                  {"tracking_info",
                   DescribeEvents(EventsOf(booking->logistics_status, false, false), booking->create_time)}});
}

}  // namespace emulator::api

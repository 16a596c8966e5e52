#include <utility>

#include "emulator/api/operations.h"
#include "emulator/api/params.h"
#include "emulator/api/tracked_package.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

// What is known of the journey of an order's package, or of a booking's.
struct Parcel {
  LogisticsStatus status = LogisticsStatus::kNotStart;
  bool has_number = false;
  bool picked_up = false;
  bool at_warehouse = false;
  Milestones times = {};
};

struct Event {
  int64_t hours;  // after the order's creation, if the schedule did not move the parcel
  std::string_view status;
  std::string_view description;
  int64_t time = 0;  // Unix seconds; 0: see hours

  Event At(uint32_t moment) const { return {hours, status, description, moment}; }
};

constexpr Event kCreated = {1, "ORDER_CREATED", "Parcel information has been received."};
constexpr Event kRequested = {2, "PICKUP_REQUESTED", "Sender is preparing to ship the parcel."};
constexpr Event kPickedUp = {26, "PICKED_UP", "Parcel has been picked up by the first mile carrier."};
constexpr Event kArrived = {50, "DELIVERY_PENDING", "Parcel has arrived at the transit warehouse."};

// What ended the journey of a package, or holds it up.
constexpr std::pair<LogisticsStatus, Event> kLatest[] = {
    {LogisticsStatus::kCodRejected, {3, "CANCELED", "Payment on delivery has been refused."}},
    {LogisticsStatus::kInvalid, {3, "CANCELED", "Parcel has been cancelled."}},
    {LogisticsStatus::kRequestCanceled, {3, "CANCELED", "Parcel has been cancelled."}},
    {LogisticsStatus::kPickupRetry, {26, "PICKUP_RETRY", "Pick-up has failed and will be tried again."}},
    {LogisticsStatus::kPickupFailed, {26, "FAILED_PICKED_UP", "Pick-up has failed."}},
    {LogisticsStatus::kDeliveryDone, {170, "DELIVERED", "Parcel has been delivered."}},
    {LogisticsStatus::kDeliveryFailed, {170, "FAILED_DELIVERED", "Parcel could not be delivered."}},
    {LogisticsStatus::kLost, {170, "LOST", "Parcel has been lost."}},
};

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

// The carrier knows of the package.
bool WasRequested(const Parcel& parcel) {
  switch (parcel.status) {
    case LogisticsStatus::kNotStart:
    case LogisticsStatus::kPendingArrange:
    case LogisticsStatus::kReady:
      return false;
    case LogisticsStatus::kInvalid:
    case LogisticsStatus::kCodRejected:
      return parcel.has_number;
    default:
      return true;
  }
}

std::vector<Event> EventsOf(const Parcel& parcel) {
  std::vector<Event> events;
  const Milestones& times = parcel.times;
  if (WasRequested(parcel)) events = {kCreated.At(times.shipped), kRequested.At(times.shipped)};
  if (parcel.picked_up) events.push_back(kPickedUp.At(times.picked_up));
  if (parcel.at_warehouse) events.push_back(kArrived.At(times.arrived));
  for (const auto& [status, event] : kLatest) {
    if (status == parcel.status) events.push_back(event.At(times.latest));
  }
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
  if (order.status == OrderStatus::kUnpaid || order.status == OrderStatus::kReadyToShip) {
    return Failure("logistics.error_status_limit",
                   "The order status is invalid. Please check the order status.");
  }
  const auto events = EventsOf(
      {package->logistics_status, !package->tracking_number.empty(), package->picked_up,
       package->at_warehouse, call.world.lifecycle().MilestonesOf(call.world.RowOfPackage(package->number))});
  return Success({{"order_sn", order.sn},
                  {"package_number", package->number},
                  {"logistics_status", std::string(Name(package->logistics_status))},
                  {"tracking_info", DescribeEvents(events, order.create_time)}});
}

Reply GetBookingTrackingInfo(Call& call) {
  Problem problem;
  const Booking* booking = FindTrackedBooking(call, problem);
  if (problem) return problem.AsReply();
  const LogisticsStatus status = LogisticsStatusOf(booking->status);
  const auto events = EventsOf({.status = status, .picked_up = status == LogisticsStatus::kPickupDone});
  return Success({{"booking_sn", booking->sn},
                  {"logistics_status", std::string(Name(status))},
                  {"tracking_info", DescribeEvents(events, booking->create_time)}});
}

}  // namespace emulator::api

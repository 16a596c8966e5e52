#include "emulator/api/tracked_package.h"

#include "emulator/api/package_lookup.h"

namespace emulator::api {

const Package* FindTrackedPackage(const Call& call, const std::string& order_sn,
                                  const std::string& package_number, Problem& problem) {
  if (problem) return nullptr;
  const Order* order = call.world.FindOrder(order_sn);
  if (order == nullptr || order->shop_id != call.shop.id) {
    problem.Report("logistics.invalid_error", "The order is not exist.");
  } else if (order->status == OrderStatus::kPending) {
    problem.Report("logistics.error_param",
                   "The order is being allocated, please wait until the allocate is completed.");
  }
  if (problem) return nullptr;
  const Row row = FindPackageOrReport(call, order_sn, package_number, problem);
  return problem ? nullptr : &call.world.package(row);
}

const Booking* FindTrackedBooking(const Call& call, Problem& problem) {
  const std::string sn = QueryFields(call.request, problem).Required("booking_sn");
  if (problem) return nullptr;
  const Booking* booking = call.world.FindBooking(sn);
  if (booking != nullptr && booking->shop_id == call.shop.id) return booking;
  problem.Report("error_param", "The information you queried is not found.");
  return nullptr;
}

}  // namespace emulator::api

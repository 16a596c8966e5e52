#include "emulator/api/tracked_package.h"

#include <algorithm>

namespace emulator::api {

const Package* FindTrackedPackage(const Call& call, const std::string& order_sn,
                                  const std::string& package_number, Problem& problem) {
  if (problem) return nullptr;
  const Order* order = call.world.FindOrder(order_sn);
  if (order == nullptr || order->shop_id != call.shop.id) {
    problem.Report("logistics.invalid_error", "The order is not exist.");
    return nullptr;
  }
  if (order->status == OrderStatus::kPending) {
    problem.Report("logistics.error_param",
                   "The order is being allocated, please wait until the allocate is completed.");
    return nullptr;
  }
  if (package_number.empty()) {
    if (order->packages.size() == 1) return &call.world.package(order->packages[0]);
    problem.Report("logistics.package_number_not_exist",
                   "Please request with package_number for this split order.");
    return nullptr;
  }
  const Row row = call.world.RowOfPackage(package_number);
  if (std::find(order->packages.begin(), order->packages.end(), row) == order->packages.end()) {
    problem.Report("logistics.package_not_exist", "The package is not exist.");
    return nullptr;
  }
  return &call.world.package(row);
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

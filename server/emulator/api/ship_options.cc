#include "emulator/api/ship_options.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

namespace emulator::api {
namespace {

namespace json = boost::json;

std::string SlotId(int64_t time) {
  return absl::StrCat(time, "_1");
}

int64_t SlotTime(const World& world, int i) {
  return StartOfDay(world.Today() + 1 + i);
}

}  // namespace

Row FindPackageToShip(const Call& call, const std::string& order_sn, const std::string& package_number,
                      Problem& problem) {
  if (problem) return kNoRow;
  const Order* order = call.world.FindOrder(order_sn);
  if (order == nullptr || order->shop_id != call.shop.id) {
    problem.Report("logistics.error_order_not_found", "Order is not found.");
  } else if (order->status == OrderStatus::kPending) {
    problem.Report("logistics.error_param",
                   "The order is being allocated, please wait until the allocate is completed.");
  }
  if (problem) return kNoRow;
  if (package_number.empty()) {
    if (order->packages.size() == 1) return order->packages[0];
    problem.Report("logistics.package_number_not_exist",
                   "Please request with package_number for this split order.");
    return kNoRow;
  }
  const Row row = call.world.RowOfPackage(package_number);
  if (std::find(order->packages.begin(), order->packages.end(), row) != order->packages.end()) return row;
  problem.Report("logistics.package_not_exist", "The package is not exist.");
  return kNoRow;
}

json::object DescribeAddress(const Shop& shop) {
  const bool cn = shop.region == Region::kCn;
  return {{"region", std::string(Name(shop.region))},
          {"state", cn ? "Guangdong" : "Gyeonggi"},
          {"city", cn ? "Shenzhen" : "Gimpo"},
          {"district", ""},
          {"town", ""},
          {"address", absl::StrCat(cn ? "Emulated Road " : "Emulated-ro ", shop.pickup_address_id)},
          {"zipcode", cn ? "518000" : "10000"}};
}

json::array DescribeSlots(const World& world) {
  json::array slots;
  for (int i = 0; i < kPickupSlots; ++i) {
    const int64_t time = SlotTime(world, i);
    json::array flags;
    if (i == 0) flags.emplace_back("recommended");
    slots.push_back({{"date", time},
                     {"time_text", "09:00-18:00"},
                     {"pickup_time_id", SlotId(time)},
                     {"flags", std::move(flags)}});
  }
  return slots;
}

bool IsSlot(const World& world, std::string_view pickup_time_id) {
  for (int i = 0; i < kPickupSlots; ++i) {
    if (SlotId(SlotTime(world, i)) == pickup_time_id) return true;
  }
  return false;
}

}  // namespace emulator::api

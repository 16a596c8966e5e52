#include "emulator/api/ship_options.h"

#include <absl/strings/str_cat.h>

#include "emulator/api/package_lookup.h"
#include "emulator/world/special_order.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

Day DayOfSlot(const World& world, int i) {
  return world.Today() + 1 + i;
}

std::string SlotId(Day day) {
  return absl::StrCat(FormatDay(day), "_1");
}

}  // namespace

Transport TransportOf(const Order& order) {
  return world::SpecialOrderOf(order.sn) == world::SpecialOrder::kSellerTransport ? Transport::kSeller
                                                                                  : Transport::kCarrier;
}

int64_t ChannelOf(const Order& order) {
  return TransportOf(order) == Transport::kSeller ? kSellerChannelId : kLogisticsChannelId;
}

std::string_view ChannelNameOf(const Order& order) {
  return TransportOf(order) == Transport::kSeller ? kSellerChannelName : kLogisticsChannelName;
}

bool HasParameters(const Order& order, const Package& package) {
  return package.logistics_status == LogisticsStatus::kPickupRetry ||
         (order.status == OrderStatus::kReadyToShip && package.logistics_status == LogisticsStatus::kReady);
}

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
  return FindPackageOrReport(call, order_sn, package_number, problem);
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
    const Day day = DayOfSlot(world, i);
    json::array flags;
    if (i == 0) flags.emplace_back("recommended");
    slots.push_back({{"date", StartOfDay(day)},
                     {"time_text", "09:00-18:00"},
                     {"pickup_time_id", SlotId(day)},
                     {"flags", std::move(flags)}});
  }
  return slots;
}

bool IsSlot(const World& world, std::string_view pickup_time_id) {
  for (int i = 0; i < kPickupSlots; ++i) {
    if (SlotId(DayOfSlot(world, i)) == pickup_time_id) return true;
  }
  return false;
}

}  // namespace emulator::api

#include "emulator/world/catalog.h"

#include <algorithm>
#include <array>

namespace emulator {
namespace {

constexpr std::array<Channel, 10> kChannels = {{
    {kPickupChannelId, "shopee", ShipmentMethod::kPickup, Region::kCn},
    {kSelfDeliverChannelId, "Self Deliver", ShipmentMethod::kSelfDeliver, Region::kCn},
    {8101, "顺丰速运", ShipmentMethod::kDropoff, Region::kCn},
    {8102, "中通快递", ShipmentMethod::kDropoff, Region::kCn},
    {8103, "圆通速递", ShipmentMethod::kDropoff, Region::kCn},
    {8104, "韵达快递", ShipmentMethod::kDropoff, Region::kCn},
    {kPickupChannelId, "shopee", ShipmentMethod::kPickup, Region::kKr},
    {kSelfDeliverChannelId, "Self Deliver", ShipmentMethod::kSelfDeliver, Region::kKr},
    {8201, "CJ대한통운", ShipmentMethod::kDropoff, Region::kKr},
    {8202, "우체국택배", ShipmentMethod::kDropoff, Region::kKr},
}};

constexpr std::array<Warehouse, 6> kWarehouses = {{
    {"ECP03", "Shenzhen Transit Warehouse", "深圳转运仓", WarehouseType::kNormal, Region::kCn},
    {"ECP04", "Quanzhou Transit Warehouse", "泉州转运仓", WarehouseType::kNormal, Region::kCn},
    {"ECP05", "Yiwu Transit Warehouse", "义乌转运仓", WarehouseType::kNormal, Region::kCn},
    {"ECV01", "Dongguan Vendor Warehouse", "东莞服务商仓", WarehouseType::kVendor, Region::kCn},
    {"EKP01", "Incheon Transit Warehouse", "仁川转运仓", WarehouseType::kNormal, Region::kKr},
    {"EKV01", "Gimpo Vendor Warehouse", "金浦服务商仓", WarehouseType::kVendor, Region::kKr},
}};

constexpr std::array<CourierService, 4> kServices = {{
    {kOfflinePaidProduct, "顺丰速运", "LCN80001", "顺丰标快"},
    {kOfflinePaidProduct, "京东物流", "LCN80002", "京东标快"},
    {kPrepaidProduct, "中通快递", "LCN70001", "中通标准快递"},
    {kPrepaidProduct, "极兔速递", "LCN70002", "极兔标准快递"},
}};

template <typename Range, typename Match>
auto FindIn(const Range& range, Match match) -> decltype(&*range.begin()) {
  const auto it = std::find_if(range.begin(), range.end(), match);
  return it == range.end() ? nullptr : &*it;
}

}  // namespace

std::span<const Channel> Channels() {
  return kChannels;
}
std::span<const Warehouse> Warehouses() {
  return kWarehouses;
}
std::span<const CourierService> CourierServices() {
  return kServices;
}

const Channel* FindChannel(int64_t id, Region region) {
  return FindIn(kChannels, [&](const Channel& c) { return c.id == id && c.region == region; });
}

const Warehouse* FindWarehouse(std::string_view id) {
  return FindIn(kWarehouses, [&](const Warehouse& w) { return w.id == id; });
}

const CourierService* FindCourierService(int64_t product_id, std::string_view service_id) {
  return FindIn(kServices, [&](const CourierService& s) {
    return s.product_id == product_id && s.service_id == service_id;
  });
}

const Warehouse& HomeWarehouse(Region region) {
  return region == Region::kCn ? kWarehouses[0] : kWarehouses[4];
}

}  // namespace emulator

// The constant data: first-mile channels, transit warehouses and courier services.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "emulator/world/states.h"

namespace emulator {

struct Channel {
  int64_t id;
  std::string_view name;
  ShipmentMethod method;
  Region region;
};

enum class WarehouseType : uint8_t { kNormal = 0, kVendor = 1 };

struct Warehouse {
  std::string_view id;
  std::string_view name_en;
  std::string_view name_cn;
  WarehouseType type;
  Region region;
};

struct CourierService {
  int64_t product_id;
  std::string_view courier_name;
  std::string_view service_id;
  std::string_view service_name;
};

inline constexpr int64_t kPickupChannelId = 813;
inline constexpr int64_t kSelfDeliverChannelId = 0;
inline constexpr int64_t kOfflinePaidProduct = 1010003;
inline constexpr int64_t kPrepaidProduct = 1010004;
inline constexpr int64_t kPrepaidAccountId = 21;  // the one account of the emulated merchant

std::span<const Channel> Channels();
std::span<const Warehouse> Warehouses();
std::span<const CourierService> CourierServices();

const Channel* FindChannel(int64_t id, Region region);
const Warehouse* FindWarehouse(std::string_view id);
const CourierService* FindCourierService(int64_t product_id, std::string_view service_id);
const Warehouse& HomeWarehouse(Region region);  // transit warehouse of the default world's parcels

}  // namespace emulator

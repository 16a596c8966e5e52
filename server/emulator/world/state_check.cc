#include "emulator/world/state_check.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

namespace emulator::world {
namespace {

// FNV-1a with 64 bits.
class Hash {
 public:
  void Add(std::string_view text) {
    for (const char c : text) AddByte(static_cast<unsigned char>(c));
    AddByte(0);
  }
  void Add(uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) AddByte(static_cast<unsigned char>(value >> shift));
  }
  uint64_t value() const { return value_; }

 private:
  void AddByte(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  uint64_t value_ = 0xcbf29ce484222325;
};

void AddPackage(const World& world, Row row, Hash& hash) {
  const Package& package = world.package(row);
  const Milestones times = world.lifecycle().MilestonesOf(row);
  hash.Add(package.number);
  hash.Add(package.tracking_number);
  hash.Add(Name(package.logistics_status));
  hash.Add(package.holder);
  hash.Add(uint64_t{package.picked_up} * 2 + uint64_t{package.at_warehouse});
  for (const Item& item : package.items) hash.Add(static_cast<uint64_t>(item.item_id * 100 + item.quantity));
  for (const uint32_t time : {times.shipped, times.picked_up, times.arrived, times.latest}) hash.Add(time);
}

std::string CheckNumber(const World& world, Row row) {
  const FirstMileNumber& number = world.number(row);
  if (number.packages.size() > static_cast<std::size_t>(world.rules().orders_per_number)) {
    return absl::StrCat("number ", number.code, " has ", number.packages.size(), " orders");
  }
  for (const auto& [shop, package] : number.packages) {
    if (world.package(package).holder != row) {
      return absl::StrCat("package ", world.package(package).number, " is on two numbers");
    }
  }
  return "";
}

std::string CheckPackage(World& world, Row row) {
  const Package& package = world.package(row);
  const Order& order = world.order(package.order);
  if (package.holder != kNoRow && !world.number(package.holder).packages.contains({order.shop_id, row})) {
    return absl::StrCat("package ", package.number, " is not on the number that holds it");
  }
  const Shop* shop = world.FindShop(order.shop_id);
  if (shop == nullptr) return absl::StrCat("order ", order.sn, " has no shop");
  const auto& siblings = order.packages;
  if ((std::find(siblings.begin(), siblings.end(), row) == siblings.end()) != package.replaced) {
    return absl::StrCat("package ", package.number, " is wrong about being replaced");
  }
  const ListKey key(order.create_time, row);
  const bool bindable = !package.replaced && package.holder == kNoRow && !package.tracking_number.empty() &&
                        package.logistics_status == LogisticsStatus::kRequestCreated &&
                        order.status == OrderStatus::kProcessed;
  if (shop->unbound.contains(key) != bindable) {
    return absl::StrCat("package ", package.number, " is wrong about the unbound list");
  }
  const bool waits = !package.replaced && order.status == OrderStatus::kReadyToShip &&
                     package.logistics_status == LogisticsStatus::kReady;
  if (shop->to_ship.contains(key) != waits) {
    return absl::StrCat("package ", package.number, " is wrong about the shipment list");
  }
  return "";
}

}  // namespace

uint64_t DigestOf(const World& world) {
  Hash hash;
  for (Row row = 0; row < world.order_count(); ++row) {
    const Order& order = world.order(row);
    hash.Add(order.sn);
    hash.Add(Name(order.status));
    hash.Add(order.create_time);
    hash.Add(order.update_time);
  }
  for (Row row = 0; row < world.package_count(); ++row) AddPackage(world, row, hash);
  for (Row row = 0; row < world.number_count(); ++row) {
    const FirstMileNumber& number = world.number(row);
    hash.Add(number.code);
    hash.Add(number.binding_id);
    hash.Add(Name(number.status));
    hash.Add(number.packages.size());
  }
  return hash.value();
}

std::string FindBrokenRule(World& world) {
  for (Row row = 0; row < world.number_count(); ++row) {
    std::string broken = CheckNumber(world, row);
    if (!broken.empty()) return broken;
  }
  for (Row row = 0; row < world.package_count(); ++row) {
    std::string broken = CheckPackage(world, row);
    if (!broken.empty()) return broken;
  }
  return "";
}

}  // namespace emulator::world

#include "emulator/api/package_lookup.h"

#include <algorithm>

namespace emulator::api {

FoundPackage FindPackageOf(const World& world, const Shop& shop, std::string_view order_sn,
                           std::string_view package_number) {
  const Order* order = world.FindOrder(order_sn);
  if (order == nullptr || order->shop_id != shop.id) return {Lookup::kNoOrder, kNoRow};
  const auto& packages = order->packages;
  if (package_number.empty()) {
    if (packages.size() != 1) return {Lookup::kNumberNeeded, kNoRow};
    return {Lookup::kFound, packages[0]};
  }
  const Row row = world.RowOfPackage(package_number);
  if (std::find(packages.begin(), packages.end(), row) == packages.end()) return {Lookup::kNoPackage, kNoRow};
  return {Lookup::kFound, row};
}

Row FindPackageOrReport(const Call& call, std::string_view order_sn, std::string_view package_number,
                        Problem& problem) {
  const FoundPackage found = FindPackageOf(call.world, call.shop, order_sn, package_number);
  if (found.result == Lookup::kNumberNeeded) {
    problem.Report("logistics.package_number_not_exist",
                   "Please request with package_number for this split order.");
  } else if (found.result == Lookup::kNoPackage) {
    problem.Report("logistics.package_not_exist", "The package is not exist.");
  }
  return found.row;
}

}  // namespace emulator::api

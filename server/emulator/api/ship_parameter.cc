#include "emulator/api/operations.h"
#include "emulator/api/ship_options.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

json::object DescribePickup(const Call& call) {
  json::object address = DescribeAddress(call.shop);
  address["address_id"] = call.shop.pickup_address_id;
  address["address_flag"] = {"default_address", "pickup_address"};
  address["time_slot_list"] = DescribeSlots(call.world);
  return {{"address_list", json::array{std::move(address)}}};
}

json::object DescribeDropoff(const Call& call) {
  json::object branch = DescribeAddress(call.shop);
  branch["branch_id"] = kBranchId;
  return {{"branch_list", json::array{std::move(branch)}}, {"slug_list", nullptr}};
}

}  // namespace

Reply GetShippingParameter(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const std::string sn = query.Required("order_sn");
  const Row row = FindPackageToShip(call, sn, query.Optional("package_number"), problem);
  if (problem) return problem.AsReply();
  const Package& package = call.world.package(row);
  const OrderStatus status = call.world.order(package.order).status;
  if (status == OrderStatus::kCancelled) return Failure("error_status", "The order has been cancelled.");
  if (status != OrderStatus::kReadyToShip || package.logistics_status != LogisticsStatus::kReady) {
    return Failure("error_param",
                   "Shipping parameters can only be obtained when package is ready to be shipped");
  }
  return Success(
      {{"info_needed", {{"pickup", {"address_id", "pickup_time_id"}}, {"dropoff", json::array{"branch_id"}}}},
       {"pickup", DescribePickup(call)},
       {"dropoff", DescribeDropoff(call)}});
}

}  // namespace emulator::api

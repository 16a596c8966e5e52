#include "emulator/api/operations.h"
#include "emulator/api/ship_options.h"
#include "emulator/api/ship_ways.h"

namespace emulator::api {

Reply GetShippingParameter(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const std::string sn = query.Required("order_sn");
  const Row row = FindPackageToShip(call, sn, query.Optional("package_number"), problem);
  if (problem) return problem.AsReply();
  const Package& package = call.world.package(row);
  const Order& order = call.world.order(package.order);
  if (order.status == OrderStatus::kCancelled) {
    return Failure("error_status", "The order has been cancelled.");
  }
  if (!HasParameters(order, package)) return Failure("error_param", kNoParameters);
  boost::json::object ways = DescribeWays(call, order);
  if (ways.at("dropoff").is_object()) ways.at("dropoff").get_object()["slug_list"] = nullptr;
  return Success(std::move(ways));
}

}  // namespace emulator::api

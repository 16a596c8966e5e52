#include "emulator/api/operations.h"
#include "emulator/api/ship_ways.h"

namespace emulator::api {

Reply ShipOrder(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const std::string sn = body.Required("order_sn");
  const Row row = ReadPackageToShip(call, sn, body.Optional("package_number"), problem);
  CheckShippable(call, row, problem);
  if (problem) return problem.AsReply();
  const ShipWay way = ReadWay(call, call.world.order(call.world.package(row).order), body, problem);
  if (problem) return problem.AsReply();
  Ship(call, row, way);
  return {};
}

}  // namespace emulator::api

#include "emulator/control/order_json.h"

#include <boost/json/array.hpp>

#include "emulator/world/order_steps.h"

namespace emulator::control {
namespace {

namespace json = boost::json;

json::object DescribePackage(const World& world, const Package& package) {
  json::object described{{"package_number", package.number},
                         {"tracking_number", package.tracking_number},
                         {"logistics_status", Name(package.logistics_status)},
                         {"first_mile_tracking_number", nullptr}};
  if (package.holder != kNoRow) {
    const FirstMileNumber& holder = world.number(package.holder);
    described["first_mile_tracking_number"] = holder.binding_id.empty() ? holder.code : holder.binding_id;
  }
  return described;
}

json::array PossibleEvents(const World& world, Row order) {
  json::array names;
  for (const world::Transition& transition : world::Transitions()) {
    if (world::StepsOf(world, {order, transition.event, kNoRow, {}})) names.emplace_back(transition.name);
  }
  return names;
}

}  // namespace

json::object DescribeOrder(const World& world, Row row) {
  const Order& order = world.order(row);
  json::array packages;
  for (const Row package : order.packages) packages.push_back(DescribePackage(world, world.package(package)));
  return {{"order_sn", order.sn},
          {"status", Name(order.status)},
          {"create_time", order.create_time},
          {"update_time", order.update_time},
          {"packages", std::move(packages)},
          {"events", PossibleEvents(world, row)}};
}

}  // namespace emulator::control

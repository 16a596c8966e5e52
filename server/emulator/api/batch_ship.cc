#include "emulator/api/operations.h"
#include "emulator/api/ship_ways.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxOrdersPerBatch = 150;

// Of ship_order's codes, those that batch_ship_order does not document come as one of its own.
Reply AsBatchRefusal(const Problem& problem) {
  Reply reply = problem.AsReply();
  if (reply.error == "logistics.error_order_not_found") {
    return Failure("error_param", "The information you queried is not found.");
  }
  if (reply.error == "logistics.package_already_shipped" || reply.error == "logistics.error_order_state") {
    return Failure("logistics.ship_order_not_ready_to_ship", "The order is not ready to ship.");
  }
  if (reply.error == "logistics.business_process_error") {
    return Failure("error_server", "System error. Please try again later.");
  }
  return reply;
}

// Ships one order of the batch; its entry of result_list.
json::object ShipElement(const Call& call, const json::object& element) {
  Problem problem;
  const BodyFields fields(element, problem, "order_list.");
  const std::string sn = fields.Required("order_sn");
  const std::string number = fields.Optional("package_number");
  const Row row = ReadPackageToShip(call, sn, number, problem);
  CheckShippable(call, row, problem);
  ShipWay way;
  if (!problem) {
    const Order& order = call.world.order(call.world.package(row).order);
    way = ReadWay(call, order, BodyFields(call.body, problem), problem);
  }
  json::object entry{{"order_sn", sn}};
  if (!number.empty()) entry["package_number"] = number;
  if (problem) {
    const Reply refusal = AsBatchRefusal(problem);
    entry["fail_error"] = refusal.error;
    entry["fail_message"] = refusal.message;
  } else {
    Ship(call, row, way);
  }
  return entry;
}

}  // namespace

Reply BatchShipOrder(Call& call) {
  Problem problem;
  const auto orders = BodyFields(call.body, problem).RequiredObjects("order_list", kMaxOrdersPerBatch);
  if (problem) return problem.AsReply();
  json::array results;
  json::array warning;
  for (auto order = orders.rbegin(); order != orders.rend(); ++order) {  // not in the request's order
    json::object entry = ShipElement(call, **order);
    if (entry.contains("fail_error")) {
      const json::value* number = entry.if_contains("package_number");
      warning.push_back({{"order_sn", entry.at("order_sn")},
                         {"package_number", number == nullptr ? json::value("") : *number}});
    }
    results.push_back(std::move(entry));
  }
  Reply reply = Success({{"result_list", std::move(results)}});
  if (warning.size() == orders.size()) {
    reply.error = "common.batch_api_all_failed";
    reply.message = "Failed, please check result_list for more details.";
  }
  if (!warning.empty()) reply.warning = std::move(warning);
  return reply;
}

}  // namespace emulator::api

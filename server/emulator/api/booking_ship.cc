#include <string>

#include "emulator/api/operations.h"
#include "emulator/api/params.h"
#include "emulator/api/ship_options.h"
#include "emulator/api/ship_ways.h"
#include "emulator/world/booking_moves.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

bool IsOwn(const Call& call, Row row) {
  return row != kNoRow && call.world.booking(row).shop_id == call.shop.id;
}

void CheckReady(const Call& call, Row row, Problem& problem) {
  if (problem || call.world.booking(row).status == BookingStatus::kReadyToShip) return;
  problem.WrongParameter("the booking must be READY_TO_SHIP.");
}

void CheckPickup(const Call& call, const json::object& pickup, Problem& problem) {
  const BodyFields fields(pickup, problem, "pickup.");
  const auto address = fields.RequiredInt("address_id");
  const std::string slot = fields.Required("pickup_time_id");
  if (problem) return;
  if (*address != call.shop.pickup_address_id) {
    return problem.Report("logistics.pickup_address_unsupported", "Pickup address is not supported.");
  }
  if (!IsSlot(call.world, slot)) problem.WrongParameter("pickup_time_id is invalid.");
}

void CheckWay(const Call& call, const BodyFields& body, Problem& problem) {
  if (problem) return;
  if (body.HasValue("pickup") == body.HasValue("dropoff")) {
    return problem.WrongParameter("give one of pickup and dropoff.");
  }
  const bool by_pickup = body.HasValue("pickup");
  const json::object* way = body.RequiredObject(by_pickup ? "pickup" : "dropoff");
  if (way != nullptr && by_pickup) CheckPickup(call, *way, problem);
}

}  // namespace

Reply GetBookingShippingParameter(Call& call) {
  Problem problem;
  const Row row = call.world.RowOfBooking(QueryFields(call.request, problem).Required("booking_sn"));
  if (!problem && !IsOwn(call, row)) {
    problem.Report("error_param", "The information you queried is not found.");
  }
  CheckReady(call, row, problem);
  if (problem) return problem.AsReply();
  return Success({{"info_needed", {{"dropoff", json::array()}, {"pickup", {"address_id", "pickup_time_id"}}}},
                  {"pickup", DescribePickup(call)}});
}

Reply ShipBooking(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const Row row = call.world.RowOfBooking(body.Required("booking_sn"));
  if (!problem && !IsOwn(call, row)) {
    problem.Report("common.unknown_error",
                   "Unknown error, detail: error_key:FULFILLMENT_BOOKING_DOES_NOT_EXIST.");
  }
  CheckReady(call, row, problem);
  CheckWay(call, body, problem);
  if (problem) return problem.AsReply();
  emulator::ShipBooking(call.world, row);
  return {};
}

}  // namespace emulator::api

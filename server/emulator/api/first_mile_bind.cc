#include <algorithm>
#include <cctype>

#include "emulator/api/bind_rules.h"
#include "emulator/api/operations.h"
#include "emulator/api/order_batch.h"
#include "emulator/api/params.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kGeneratedLength = 21;  // three letters, 18 digits

struct BindRequest {
  std::string code;
  ShipmentMethod method = ShipmentMethod::kNone;
  std::optional<int64_t> channel_id;
  const Warehouse* warehouse = nullptr;  // if the caller names one
  std::vector<OrderRef> orders;
};

bool IsGeneratedCode(std::string_view code) {
  return code.size() == kGeneratedLength && (code.starts_with("CNF") || code.starts_with("KRF")) &&
         std::all_of(code.begin() + 3, code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void CheckCode(const std::string& code, ShipmentMethod method, Problem& problem) {
  if (code.empty()) return problem.Report("error_param", "FM code cannot be empty.");
  const bool plain = std::all_of(code.begin(), code.end(),
                                 [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
  if (!plain) {
    return problem.Report("error_param",
                          "Format wrong. FM tracking number only contains character and number.");
  }
  if (method == ShipmentMethod::kDropoff) {
    if (code.size() < 6 || code.size() > 40) {
      problem.Report("error_param", "Dropoff FM tracking code must be between 6 to 40 characters");
    }
  } else if (!IsGeneratedCode(code)) {
    problem.Report("error_param", std::string(method == ShipmentMethod::kPickup ? "Pickup" : "Self Deliver") +
                                      " FM tracking code must start with \"CNF\" or \"KRF\" + 18 numbers");
  }
}

ShipmentMethod ReadMethod(const BodyFields& body, Problem& problem) {
  const std::string name = body.Required("shipment_method");
  const auto method = ParseShipmentMethod(name);
  if (!method || *method == ShipmentMethod::kCourierDelivery) {
    problem.Report("firstmile.wrong_shipment_method",
                   "Shipment method is invalid. Please check the shipment method.");
    return ShipmentMethod::kNone;
  }
  return *method;
}

void CheckRegion(const BodyFields& body, Region own, Problem& problem) {
  const auto region = ParseRegion(body.Required("region"));
  if (!region) {
    problem.Report("firstmile.area_not_support", "Area is invalid.Now we only support area in CN,KR.");
  } else if (*region != own) {
    problem.Report("firstmile.area_not_support",
                   std::string("Area is invalid.Now we only support area in ").append(Name(own)).append("."));
  }
}

// The key is required even for self_deliver, where its value is null, or 0 as in the channel list.
std::optional<int64_t> ReadChannel(const BodyFields& body, ShipmentMethod method, Region region,
                                   Problem& problem) {
  if (!body.Has("logistics_channel_id")) problem.WrongParameter("logistics_channel_id is a required field.");
  const auto id = body.OptionalInt("logistics_channel_id");
  const Channel* channel = FindChannel(id.value_or(kSelfDeliverChannelId), region);
  if (channel == nullptr || channel->method != method) {
    problem.Report("firstmile.error", "The shipping method and logistics id are not matched");
  }
  return id;
}

const Warehouse* ReadWarehouse(const BodyFields& body, ShipmentMethod method, Region region,
                               Problem& problem) {
  const std::string id = body.Optional("warehouse_id");
  const auto type = body.OptionalInt("warehouse_type");
  if (id.empty()) return nullptr;
  const Warehouse* warehouse = FindWarehouse(id);
  const bool usable = warehouse != nullptr && warehouse->region == region &&
                      (warehouse->type == WarehouseType::kNormal || method == ShipmentMethod::kDropoff);
  if (!usable) {
    problem.WrongParameter("warehouse_id is invalid.");
  } else if (type && *type != static_cast<int64_t>(warehouse->type)) {
    problem.WrongParameter("warehouse_type does not match warehouse_id.");
  }
  return warehouse;
}

BindRequest ReadBindRequest(const Call& call, Problem& problem) {
  const BodyFields body(call.body, problem);
  BindRequest request;
  request.code = body.Optional("first_mile_tracking_number");
  request.method = ReadMethod(body, problem);
  if (!problem) CheckCode(request.code, request.method, problem);
  CheckRegion(body, call.shop.region, problem);
  request.channel_id = ReadChannel(body, request.method, call.shop.region, problem);
  for (const auto* name : {"volume", "weight", "width", "length", "height"}) body.OptionalNumber(name);
  request.warehouse = ReadWarehouse(body, request.method, call.shop.region, problem);
  request.orders = ReadOrderList(body, problem);
  return request;
}

// The first bind creates a dropoff number; the others must have been generated.
void CheckNumber(const BindRequest& request, const Shop& shop, const FirstMileNumber* number,
                 Problem& problem) {
  if (number == nullptr) {
    if (request.method != ShipmentMethod::kDropoff)
      problem.Report("firstmile.error", "The FM code does not exist");
    return;
  }
  if (number->region != shop.region) return problem.Report("firstmile.error", "The FM code does not exist");
  const bool other_method = number->method != ShipmentMethod::kNone && number->method != request.method;
  if (other_method || (number->owner_shop != 0 && request.method == ShipmentMethod::kDropoff)) {
    return problem.Report("firstmile.error",
                          "One FM code cannot be predeclared with different shipping methods");
  }
  if (request.method == ShipmentMethod::kPickup) {
    const std::string_view refusal = BindRefusal(*number);
    if (!refusal.empty()) problem.Report("firstmile.error", refusal);
  }
}

Row NumberFor(const BindRequest& request, Call& call) {
  FirstMileNumber* number = call.world.FindNumber(request.code);
  if (number == nullptr) {
    FirstMileNumber added;
    added.code = request.code;
    added.region = call.shop.region;
    added.declare_day = call.world.Today();
    added.create_time = call.world.Now();
    number = &call.world.number(call.world.AddNumber(std::move(added)));
  }
  number->method = request.method;
  number->channel_id = request.channel_id;
  return call.world.RowOf(*number);
}

// A successful element shows its package only if the caller named one.
json::object DescribeOutcome(const Outcome& outcome) {
  if (!outcome.ok()) return DescribeFailure(outcome);
  json::object entry;
  entry["order_sn"] = outcome.ref.order_sn;
  if (!outcome.ref.package_number.value_or("").empty()) entry["package_number"] = *outcome.ref.package_number;
  return entry;
}

Reply DescribeBind(const std::string& code, const std::vector<Outcome>& outcomes) {
  const Tally tally = Count(outcomes);
  json::array list;
  json::array warning;
  for (const Outcome& outcome : InAnswerOrder(outcomes)) {
    list.push_back(DescribeOutcome(outcome));
    if (!outcome.ok()) warning.push_back({{"order_sn", outcome.ref.order_sn}});
  }
  Reply reply = Success({{"first_mile_tracking_number", code}, {"order_list", std::move(list)}});
  if (tally.AllFailed()) {
    reply.error = "firstmile.batch_api_all_failed";
    reply.message = "Failed, please check result_list for more details.";
  } else if (tally.failed > 0) {
    reply.warning = std::move(warning);
  }
  return reply;
}

}  // namespace

Reply BindFirstMileTrackingNumber(Call& call) {
  Problem problem;
  BindRequest request = ReadBindRequest(call, problem);
  if (problem) return problem.AsReply();
  const FirstMileNumber* number = call.world.FindNumber(request.code);
  CheckNumber(request, call.shop, number, problem);
  if (problem) return problem.AsReply();
  auto outcomes = ResolvePackages(call.world, call.shop, std::move(request.orders));
  const Warehouse* warehouse =
      number != nullptr && number->warehouse != nullptr ? number->warehouse : request.warehouse;
  CheckBindable(call.world, number, warehouse, outcomes);
  if (!Count(outcomes).AllFailed()) BindAll(call.world, NumberFor(request, call), outcomes);
  return DescribeBind(request.code, outcomes);
}

}  // namespace emulator::api

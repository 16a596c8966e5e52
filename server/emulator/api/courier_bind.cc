#include "emulator/api/bind_rules.h"
#include "emulator/api/operations.h"
#include "emulator/api/order_batch.h"
#include "emulator/api/params.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

void CheckMethod(const BodyFields& body, Problem& problem) {
  if (body.Required("shipment_method") != Name(ShipmentMethod::kCourierDelivery)) {
    problem.Report("firstmile.wrong_shipment_method",
                   "Shipment method is invalid. Please check the shipment method.");
  }
}

void CheckCourierRegion(const BodyFields& body, Region own, Problem& problem) {
  const std::string text = body.Optional("region");
  const auto region = ParseRegion(text);
  if ((!text.empty() && region != Region::kCn) || own != Region::kCn) {
    problem.Report("firstmile.area_not_support", "Area is invalid.Now we only support area in CN.");
  }
}

// Checks courier_delivery_info and returns its warehouse.
const Warehouse* ReadCourierInfo(const BodyFields& body, const Shop& shop, Problem& problem) {
  const json::object* object = body.RequiredObject("courier_delivery_info");
  if (object == nullptr) return nullptr;
  const BodyFields info(*object, problem, "courier_delivery_info.");
  const auto address = info.RequiredInt("address_id");
  const Warehouse* warehouse = FindWarehouse(info.Required("warehouse_id"));
  const auto product = info.RequiredInt("logistics_product_id");
  const auto account = info.OptionalInt("prepaid_account_id");
  const std::string service = info.Required("courier_service_id");
  if (problem) return nullptr;
  if (*address != shop.pickup_address_id) problem.WrongParameter("address_id is invalid.");
  if (warehouse == nullptr || warehouse->region != shop.region || warehouse->type != WarehouseType::kNormal) {
    problem.WrongParameter("warehouse_id is invalid.");
  }
  if (*product != kOfflinePaidProduct && *product != kPrepaidProduct) {
    problem.WrongParameter("logistics_product_id is invalid.");
  }
  if (FindCourierService(*product, service) == nullptr)
    problem.WrongParameter("courier_service_id is invalid.");
  if (*product == kPrepaidProduct && !account) {
    problem.WrongParameter("courier_delivery_info.prepaid_account_id is a required field.");
  }
  if (account && *account != kPrepaidAccountId) problem.WrongParameter("prepaid_account_id is invalid.");
  return warehouse;
}

Row NewBinding(Call& call) {
  World& world = call.world;
  FirstMileNumber binding;
  binding.binding_id = world.NewBindingId();
  binding.code = "SF" + binding.binding_id.substr(3, 12);
  binding.owner_shop = call.shop.id;
  binding.region = call.shop.region;
  binding.method = ShipmentMethod::kCourierDelivery;
  binding.declare_day = world.Today();
  binding.create_time = world.Now();
  binding.code_visible_at = world.Now() + world.rules().courier_number_delay;
  return world.AddNumber(std::move(binding));
}

json::array DescribeBound(const std::vector<Outcome>& outcomes, bool null_when_unnamed) {
  json::array list;
  for (const Outcome& outcome : InAnswerOrder(outcomes)) {
    if (!outcome.ok()) continue;
    json::object entry;
    entry["order_sn"] = outcome.ref.order_sn;
    const std::string package = outcome.ref.package_number.value_or("");
    entry["package_number"] = package;
    if (package.empty() && null_when_unnamed) entry["package_number"] = nullptr;  // as in the official sample
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

Reply GenerateAndBindFirstMileTrackingNumber(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  CheckMethod(body, problem);
  CheckCourierRegion(body, call.shop.region, problem);
  auto refs = ReadOrderList(body, problem);
  const Warehouse* warehouse = ReadCourierInfo(body, call.shop, problem);
  if (problem) return problem.AsReply();
  auto outcomes = ResolvePackages(call.world, call.shop, std::move(refs));
  CheckBindable(call.world, nullptr, warehouse, outcomes);
  std::string binding_id;
  if (!Count(outcomes).AllFailed()) {
    const Row binding = NewBinding(call);
    binding_id = call.world.number(binding).binding_id;
    BindAll(call.world, binding, outcomes);
  }
  return DescribeLists({{"binding_id", binding_id}}, DescribeBound(outcomes, true), outcomes);
}

Reply BindCourierDeliveryFirstMileTrackingNumber(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  CheckMethod(body, problem);
  const std::string id = body.Required("binding_id");
  auto refs = ReadOrderList(body, problem);
  if (problem) return problem.AsReply();
  const FirstMileNumber* binding = call.world.FindBinding(id);
  if (binding == nullptr || binding->owner_shop != call.shop.id) {
    return Failure("firstmile.error", "The FM code does not exist");
  }
  const std::string_view refusal = BindRefusal(*binding);
  if (!refusal.empty()) return Failure("firstmile.error", refusal);
  auto outcomes = ResolvePackages(call.world, call.shop, std::move(refs));
  const Warehouse* warehouse = binding->warehouse;
  CheckBindable(call.world, binding, warehouse, outcomes);
  BindAll(call.world, call.world.RowOf(*binding), outcomes);
  return DescribeLists({{"binding_id", id}}, DescribeBound(outcomes, false), outcomes);
}

}  // namespace emulator::api

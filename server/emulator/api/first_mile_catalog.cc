#include "emulator/api/operations.h"
#include "emulator/api/params.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

// The requested region, or the shop's.
Region ReadRegion(const Call& call, const QueryFields& query, Problem& problem, std::string_view supported) {
  const std::string text = query.Optional("region");
  if (text.empty()) return call.shop.region;
  const auto region = ParseRegion(text);
  if (!region || supported.find(Name(*region)) == std::string_view::npos) {
    problem.Report("firstmile.area_not_support",
                   std::string("Area is invalid.Now we only support area in ").append(supported).append("."));
  }
  return region.value_or(call.shop.region);
}

json::object DescribeService(const CourierService& service) {
  return {{"courier_name", std::string(service.courier_name)},
          {"courier_service_id", std::string(service.service_id)},
          {"courier_service_name", std::string(service.service_name)}};
}

json::object DescribeProduct(int64_t product, std::string_view name) {
  json::array couriers;
  for (const CourierService& service : CourierServices()) {
    if (service.product_id == product) couriers.push_back(DescribeService(service));
  }
  return {{"logistics_product_id", product},
          {"logistics_product_name", std::string(name)},
          {"courier_list", std::move(couriers)}};
}

}  // namespace

Reply FirstMileGetChannelList(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const Region region = ReadRegion(call, query, problem, "CN,KR");
  if (problem) return problem.AsReply();
  json::array channels;
  for (const Channel& channel : Channels()) {
    if (channel.region != region) continue;
    channels.push_back({{"logistics_channel_id", channel.id},
                        {"logistics_channel_name", std::string(channel.name)},
                        {"shipment_method", std::string(Name(channel.method))}});
  }
  return Success({{"logistics_channel_list", std::move(channels)}});
}

Reply GetTransitWarehouseList(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const Region region = ReadRegion(call, query, problem, "CN,KR");
  const std::string method = query.Optional("shipment_method");
  if (!method.empty() && !ParseShipmentMethod(method)) problem.WrongParameter("shipment_method is invalid.");
  if (problem) return problem.AsReply();
  json::array warehouses;
  for (const Warehouse& warehouse : Warehouses()) {
    const bool vendor = warehouse.type == WarehouseType::kVendor;
    if (warehouse.region != region || (vendor && method != "dropoff")) continue;
    warehouses.push_back({{"warehouse_id", std::string(warehouse.id)},
                          {"warehouse_name_en", std::string(warehouse.name_en)},
                          {"warehouse_name_cn", std::string(warehouse.name_cn)},
                          {"warehouse_type", static_cast<int64_t>(warehouse.type)}});
  }
  return Success({{"transit_warehouse_list", std::move(warehouses)}});
}

Reply GetCourierDeliveryChannelList(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const Region region = ReadRegion(call, query, problem, "CN");
  if (problem) return problem.AsReply();
  json::array products;
  if (region == Region::kCn) {
    products.push_back(DescribeProduct(kOfflinePaidProduct, "Seller-arranged courier, paid offline"));
    products.push_back(DescribeProduct(kPrepaidProduct, "Prepaid account courier"));
  }
  return Success({{"logistics_channel_list", std::move(products)}});
}

}  // namespace emulator::api

#include "emulator/api/routes.h"

#include <absl/container/flat_hash_map.h>

#include <array>
#include <boost/json/parse.hpp>
#include <string>

#include "emulator/api/operations.h"
#include "emulator/api/params.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::array<Route, 21> kRoutes = {{
    {"GET", "/api/v2/first_mile/get_unbind_order_list", GetUnbindOrderList, Permission::kShipmentAuth, true},
    {"GET", "/api/v2/first_mile/get_detail", GetDetail, Permission::kAuth},
    {"POST", "/api/v2/first_mile/generate_first_mile_tracking_number", GenerateFirstMileTrackingNumber,
     Permission::kShipmentAuth},
    {"POST", "/api/v2/first_mile/bind_first_mile_tracking_number", BindFirstMileTrackingNumber,
     Permission::kShipmentAuth},
    {"POST", "/api/v2/first_mile/unbind_first_mile_tracking_number", UnbindFirstMileTrackingNumber,
     Permission::kAuth},
    {"POST", "/api/v2/first_mile/unbind_first_mile_tracking_number_all", UnbindFirstMileTrackingNumberAll,
     Permission::kAuth},
    {"GET", "/api/v2/first_mile/get_tracking_number_list", GetTrackingNumberList, Permission::kShipmentAuth},
    {"POST", "/api/v2/first_mile/get_waybill", GetWaybill, Permission::kErrorPermission},
    {"GET", "/api/v2/first_mile/get_channel_list", FirstMileGetChannelList, Permission::kAuth, true},
    {"GET", "/api/v2/first_mile/get_transit_warehouse_list", GetTransitWarehouseList, Permission::kAuth},
    {"GET", "/api/v2/first_mile/get_courier_delivery_channel_list", GetCourierDeliveryChannelList,
     Permission::kAuth},
    {"POST", "/api/v2/first_mile/generate_and_bind_first_mile_tracking_number",
     GenerateAndBindFirstMileTrackingNumber, Permission::kAuth},
    {"POST", "/api/v2/first_mile/bind_courier_delivery_first_mile_tracking_number",
     BindCourierDeliveryFirstMileTrackingNumber, Permission::kAuth},
    {"GET", "/api/v2/first_mile/get_courier_delivery_detail", GetCourierDeliveryDetail, Permission::kAuth},
    {"POST", "/api/v2/first_mile/get_courier_delivery_tracking_number_list",
     GetCourierDeliveryTrackingNumberList, Permission::kAuth},
    {"POST", "/api/v2/first_mile/get_courier_delivery_waybill", GetCourierDeliveryWaybill, Permission::kAuth},
    {"GET", "/api/v2/logistics/get_tracking_number", GetTrackingNumber},
    {"POST", "/api/v2/logistics/get_mass_tracking_number", GetMassTrackingNumber},
    {"GET", "/api/v2/logistics/get_tracking_info", GetTrackingInfo},
    {"GET", "/api/v2/logistics/get_booking_tracking_number", GetBookingTrackingNumber},
    {"GET", "/api/v2/logistics/get_booking_tracking_info", GetBookingTrackingInfo},
}};

void ReadBody(const http::Request& request, json::object& body, Problem& problem) {
  if (!request.content_type.starts_with("application/json")) {
    return problem.WrongParameter("Content-Type must be application/json.");
  }
  boost::system::error_code error;
  json::value value = json::parse(request.body, error);
  if (error || !value.is_object()) return problem.WrongParameter("the body must be a JSON object.");
  body = std::move(value.get_object());
}

void CheckPermission(const Route& route, const Call& call, Problem& problem) {
  if (route.permission == Permission::kNone) return;
  if (!call.shop.first_mile) {
    switch (route.permission) {
      case Permission::kShipmentAuth: {
        const json::value* method = call.body.if_contains("shipment_method");
        problem.Report("firstmile.shipment_auth",
                       std::string("The shop has no permission for the first mile shipment method: ")
                           .append(method != nullptr && method->is_string() ? method->get_string() : "pickup")
                           .append("."));
        return;
      }
      case Permission::kErrorPermission:
        return problem.Report("error_permission",
                              "Sorry you don't have the permission, detail: first mile is not enabled.");
      default:
        return problem.Report("firstmile.auth", "The shop has no permission for first mile support.");
    }
  }
  if (!call.shop.pre_declare && route.permission != Permission::kErrorPermission) {
    problem.Report("firstmile.shipment_pre_declare_permission",
                   "The shop has no permission for first mile pre declare.");
  }
}

}  // namespace

std::span<const Route> Routes() {
  return kRoutes;
}

const Route* FindRoute(std::string_view path) {
  static const auto* const by_path = [] {
    auto* map = new absl::flat_hash_map<std::string_view, const Route*>();
    for (const Route& route : kRoutes) map->emplace(route.path, &route);
    return map;
  }();
  const auto it = by_path->find(path);
  return it == by_path->end() ? nullptr : it->second;
}

Reply Run(const Route& route, const http::Request& request, World& world, Shop& shop) {
  Call call{request, world, shop, {}};
  Problem problem;
  if (route.verb == "POST") ReadBody(request, call.body, problem);
  if (!problem) CheckPermission(route, call, problem);
  return problem ? problem.AsReply() : route.handler(call);
}

}  // namespace emulator::api

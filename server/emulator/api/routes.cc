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

constexpr Route OfShop(std::string_view verb, std::string_view path, Handler handler) {
  return {.verb = verb, .path = path, .handler = handler};
}
constexpr Route OfPartner(std::string_view verb, std::string_view path, PartnerHandler handler) {
  return {.verb = verb, .path = path, .scope = Scope::kPublic, .partner_handler = handler};
}
constexpr Route OfMerchant(std::string_view verb, std::string_view path, PartnerHandler handler) {
  return {.verb = verb, .path = path, .scope = Scope::kMerchant, .partner_handler = handler};
}
constexpr Route OfBrowser(std::string_view verb, std::string_view path, PartnerHandler handler) {
  return {.verb = verb, .path = path, .scope = Scope::kBrowser, .partner_handler = handler};
}

constexpr Route kRoutes[] = {
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
    OfShop("GET", "/api/v2/order/get_order_list", GetOrderList),
    OfShop("GET", "/api/v2/order/get_order_detail", GetOrderDetail),
    OfShop("GET", "/api/v2/order/get_shipment_list", GetShipmentList),
    OfShop("POST", "/api/v2/order/search_package_list", SearchPackageList),
    OfShop("GET", "/api/v2/order/get_package_detail", GetPackageDetail),
    OfShop("POST", "/api/v2/order/split_order", SplitOrder),
    OfShop("POST", "/api/v2/order/unsplit_order", UnsplitOrder),
    OfShop("POST", "/api/v2/order/cancel_order", CancelOrder),
    OfShop("POST", "/api/v2/order/handle_buyer_cancellation", HandleBuyerCancellation),
    OfShop("GET", "/api/v2/logistics/get_shipping_parameter", GetShippingParameter),
    OfShop("POST", "/api/v2/logistics/ship_order", ShipOrder),
    OfShop("POST", "/api/v2/logistics/get_mass_shipping_parameter", GetMassShippingParameter),
    OfShop("POST", "/api/v2/logistics/mass_ship_order", MassShipOrder),
    OfShop("POST", "/api/v2/logistics/batch_ship_order", BatchShipOrder),
    OfShop("POST", "/api/v2/logistics/update_shipping_order", UpdateShippingOrder),
    OfShop("POST", "/api/v2/logistics/update_tracking_status", UpdateTrackingStatus),
    OfShop("GET", "/api/v2/logistics/get_operating_hours", GetOperatingHours),
    OfShop("GET", "/api/v2/logistics/get_address_list", GetAddressList),
    OfShop("GET", "/api/v2/logistics/get_channel_list", LogisticsGetChannelList),
    OfShop("POST", "/api/v2/logistics/create_shipping_document", CreateShippingDocument),
    OfShop("POST", "/api/v2/logistics/get_shipping_document_result", GetShippingDocumentResult),
    OfShop("POST", "/api/v2/logistics/download_shipping_document", DownloadShippingDocument),
    OfShop("GET", "/api/v2/order/get_booking_list", GetBookingList),
    OfShop("GET", "/api/v2/order/get_booking_detail", GetBookingDetail),
    OfShop("GET", "/api/v2/logistics/get_booking_shipping_parameter", GetBookingShippingParameter),
    OfShop("POST", "/api/v2/logistics/ship_booking", ShipBooking),
    OfShop("POST", "/api/v2/logistics/get_booking_shipping_document_parameter",
           GetBookingShippingDocumentParameter),
    OfShop("POST", "/api/v2/logistics/create_booking_shipping_document", CreateBookingShippingDocument),
    OfShop("POST", "/api/v2/logistics/get_booking_shipping_document_result",
           GetBookingShippingDocumentResult),
    OfShop("POST", "/api/v2/logistics/download_booking_shipping_document", DownloadBookingShippingDocument),
    OfShop("POST", "/api/v2/logistics/get_shipping_document_parameter", GetShippingDocumentParameter),
    OfShop("POST", "/api/v2/logistics/get_shipping_document_data_info", GetShippingDocumentDataInfo),
    OfShop("POST", "/api/v2/logistics/create_shipping_document_job", CreateShippingDocumentJob),
    OfShop("POST", "/api/v2/logistics/get_shipping_document_job_status", GetShippingDocumentJobStatus),
    OfShop("POST", "/api/v2/logistics/download_shipping_document_job", DownloadShippingDocumentJob),
    OfShop("GET", "/api/v2/shop/get_shop_info", GetShopInfo),
    OfMerchant("GET", "/api/v2/merchant/get_shop_list_by_merchant", GetShopListByMerchant),
    OfMerchant("GET", "/api/v2/merchant/get_merchant_prepaid_account_list", GetMerchantPrepaidAccountList),
    OfShop("GET", "/api/v2/account_health/get_shop_performance", GetShopPerformance),
    OfShop("GET", "/api/v2/account_health/get_metric_source_detail", GetMetricSourceDetail),
    OfShop("GET", "/api/v2/account_health/get_late_orders", GetLateOrders),
    OfPartner("POST", "/api/v2/auth/token/get", GetAccessToken),
    OfPartner("POST", "/api/v2/auth/access_token/get", RefreshAccessToken),
    OfPartner("GET", "/api/v2/public/get_shops_by_partner", GetShopsByPartner),
    OfPartner("GET", "/api/v2/public/get_merchants_by_partner", GetMerchantsByPartner),
    OfPartner("POST", "/api/v2/public/get_token_by_resend_code", GetTokenByResendCode),
    OfPartner("GET", "/api/v2/public/get_shopee_ip_ranges", GetShopeeIpRanges),
    OfPartner("POST", "/api/v2/push/set_app_push_config", SetAppPushConfig),
    OfPartner("GET", "/api/v2/push/get_app_push_config", GetAppPushConfig),
    OfPartner("GET", "/api/v2/push/get_lost_push_message", GetLostPushMessage),
    OfPartner("POST", "/api/v2/push/confirm_consumed_lost_push_message", ConfirmConsumedLostPushMessage),
    OfPartner("GET", "/api/v2/shop/auth_partner", AuthPartnerPage),
    OfPartner("GET", "/api/v2/shop/cancel_auth_partner", CancelAuthPartnerPage),
    OfBrowser("GET", "/auth", AuthPage),
    OfBrowser("GET", "/cancel_auth", CancelAuthPage),
    OfBrowser("POST", "/auth/consent", GiveConsent),
    OfBrowser("POST", "/cancel_auth/confirm", ConfirmCancel),
};

void ReadBody(const http::Request& request, json::object& body, Problem& problem) {
  if (!request.content_type.starts_with("application/json")) {
    return problem.WrongParameter("Content-Type must be application/json.");
  }
  boost::system::error_code error;
  json::value value = json::parse(request.body, error);
  if (error || !value.is_object()) return problem.WrongParameter("the body must be a JSON object.");
  body = std::move(value.get_object());
}

Reply RunForPartner(const Route& route, const http::Request& request, World& world,
                    const auth::Merchant* merchant, push::Outbox* pushes) {
  PartnerCall call{request, world, merchant, pushes, {}};
  Problem problem;
  if (route.verb == "POST" && route.scope != Scope::kBrowser) ReadBody(request, call.body, problem);
  return problem ? problem.AsReply() : route.partner_handler(call);
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

Reply Run(const Route& route, const http::Request& request, World& world, const Caller& caller,
          push::Outbox* pushes) {
  if (route.scope != Scope::kShop) return RunForPartner(route, request, world, caller.merchant, pushes);
  Call call{request, world, *caller.shop, {}};
  Problem problem;
  if (route.verb == "POST") ReadBody(request, call.body, problem);
  if (!problem) CheckPermission(route, call, problem);
  return problem ? problem.AsReply() : route.handler(call);
}

}  // namespace emulator::api

#include "emulator/api/document_data.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>
#include <string>

#include "emulator/api/document_batch.h"
#include "emulator/api/operations.h"
#include "emulator/api/package_lookup.h"
#include "emulator/api/params.h"
#include "emulator/api/ship_options.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kPicturesMax = 9;
constexpr std::array<std::string_view, 9> kPictureKeys = {
    "name", "phone", "full_address", "town", "district", "city", "state", "region", "zipcode"};
// One transparent dot.
constexpr std::string_view kPicture =
    "data:image/"
    "png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg==";

Row FindPackage(const Call& call, const std::string& sn, const std::string& number, Problem& problem) {
  if (problem) return kNoRow;
  const Order* order = call.world.FindOrder(sn);
  if (order == nullptr || order->shop_id != call.shop.id) {
    problem.Report("error_not_found", absl::StrCat("Wrong parameters, detail: order_sn ", sn, "."));
    return kNoRow;
  }
  if (!order->booking_sn.empty()) {
    problem.Report("logistics.error_booking_order", kBookingOrder);
    return kNoRow;
  }
  return FindPackageOrReport(call, sn, number, problem);
}

void CheckState(const Call& call, Row row, Problem& problem) {
  if (problem) return;
  const Package& package = call.world.package(row);
  if (call.world.order(package.order).status == OrderStatus::kPending) {
    return problem.Report("logistics.error_param",
                          "The order is being allocated, please wait until the allocate is completed.");
  }
  if (!AllowsOwnLabel(package)) return problem.Report("error_param", "Not allowed to self design AWB");
  switch (package.logistics_status) {
    case LogisticsStatus::kRequestCreated:
      return;
    case LogisticsStatus::kNotStart:
    case LogisticsStatus::kReady:
      return problem.Report("logistics.error_limit", "You don\u2019t ship order yet.");
    case LogisticsStatus::kInvalid:
      return problem.Report("logistics.error_status_limit",
                            "The order status is invalid. Please check the order status.");
    default:
      problem.Report("error_status",
                     "Status verification failed, shipping documents of this package cannot be printed now.");
  }
}

void CheckNumber(const json::object& style, std::string_view name, double least, double most,
                 Problem& problem) {
  const json::value* value = style.if_contains(name);
  if (value == nullptr || value->is_null()) return;
  const double number = value->is_number() ? value->to_number<double>() : 0;
  if (number >= least && number <= most) return;
  problem.WrongParameter(absl::StrCat("recipient_address_info.style.", std::string(name), " must be ", least,
                                      " to ", most, "."));
}

void CheckPicture(const json::object& picture, Problem& problem) {
  const std::string key = BodyFields(picture, problem, "recipient_address_info.").Required("key");
  if (std::find(kPictureKeys.begin(), kPictureKeys.end(), key) == kPictureKeys.end()) {
    problem.WrongParameter("recipient_address_info.key is invalid.");
  }
  const json::value* style = picture.if_contains("style");
  if (style == nullptr || !style->is_object()) return;
  CheckNumber(style->get_object(), "font_size", 1, 108, problem);
  CheckNumber(style->get_object(), "image_width", 0.1, 30, problem);
}

// One picture is an object, several are a list: both are documented.
json::value DescribePictures(const BodyFields& body, Problem& problem) {
  json::array pictures;
  if (!body.HasValue("recipient_address_info")) return pictures;
  for (const json::object* picture : body.RequiredObjects("recipient_address_info", kPicturesMax)) {
    CheckPicture(*picture, problem);
    if (problem) return pictures;
    pictures.push_back({{"key", picture->at("key")}, {"image", std::string(kPicture)}});
  }
  return pictures.size() == 1 ? pictures[0] : json::value(std::move(pictures));
}

json::object DescribeLabel(const Package& package) {
  const std::string warehouse(package.warehouse == nullptr ? "" : package.warehouse->id);
  return {{"cod", false},
          {"cod_amount", "0"},
          {"order_weight", 400},
          {"logistics_channel_id", kLogisticsChannelId},
          {"shipping_carrier", std::string(kLogisticsChannelName)},
          {"service_code", "EMU1"},
          {"first_mile_name", "MYF3"},
          {"last_mile_name", "MYL1"},
          {"goods_to_declare", false},
          {"lane_code", "S-MY01"},
          {"warehouse_address", ""},
          {"warehouse_id", warehouse},
          {"recipient_sort_code",
           {{"first_recipient_sort_code", "S1"},
            {"second_recipient_sort_code", ""},
            {"third_recipient_sort_code", ""}}},
          {"sender_sort_code",
           {{"first_sender_sort_code", ""}, {"second_sender_sort_code", ""}, {"third_sender_sort_code", ""}}},
          {"return_sort_code", {{"return_first_sort_code", ""}}},
          {"third_party_logistic_info", json::object()},
          {"tracking_number", package.tracking_number},
          {"is_lm_dg_bool", 0},
          {"preferred_delivery_option", 0},
          {"sod", false}};
}

}  // namespace

Reply GetShippingDocumentDataInfo(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const std::string sn = body.Required("order_sn");
  const Row row = FindPackage(call, sn, body.Optional("package_number"), problem);
  CheckState(call, row, problem);
  json::value pictures = DescribePictures(body, problem);
  if (problem) return problem.AsReply();
  return Success({{"recipient_address_info", std::move(pictures)},
                  {"shipping_document_info", DescribeLabel(call.world.package(row))}});
}

}  // namespace emulator::api

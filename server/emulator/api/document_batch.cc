#include "emulator/api/document_batch.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>
#include <utility>

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostDocumentsPerCall = 50;
constexpr std::array<std::string_view, 5> kTypes = {"NORMAL_AIR_WAYBILL", "THERMAL_AIR_WAYBILL",
                                                    "NORMAL_JOB_AIR_WAYBILL", "THERMAL_JOB_AIR_WAYBILL",
                                                    "THERMAL_UNPACKAGED_LABEL"};

DocumentElement ReadElement(const json::object& object, std::string_view type, Problem& problem) {
  const BodyFields fields(object, problem, "order_list.");
  DocumentElement element;
  element.order_sn = fields.Required("order_sn");
  element.package_number = fields.Optional("package_number");
  element.tracking_number = fields.Optional("tracking_number");
  element.type = fields.Optional("shipping_document_type");
  if (element.type.empty()) element.type = type;
  return element;
}

void FindPackage(const Call& call, DocumentElement& element) {
  const Order* order = call.world.FindOrder(element.order_sn);
  if (order == nullptr || order->shop_id != call.shop.id) {
    return element.Fail("logistics.order_not_exist",
                        absl::StrCat("The order_sn ", element.order_sn, " is not exist."));
  }
  if (element.package_number.empty()) {
    if (order->packages.size() != 1) {
      return element.Fail("logistics.package_number_not_exist",
                          "Please request with package_number for this split order.");
    }
    element.package = order->packages[0];
    return;
  }
  const Row row = call.world.RowOfPackage(element.package_number);
  if (std::find(order->packages.begin(), order->packages.end(), row) == order->packages.end()) {
    return element.Fail("logistics.package_number_not_found",
                        absl::StrCat("The package_number ", element.package_number, " is not exist."));
  }
  element.package = row;
}

}  // namespace

void DocumentElement::Fail(std::string_view code, std::string_view text) {
  error = code;
  message = text;
}

bool IsDocumentType(std::string_view type) {
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

std::vector<DocumentElement> ReadDocumentList(const Call& call, std::string_view type, Problem& problem) {
  std::vector<DocumentElement> elements;
  const json::array* list = BodyFields(call.body, problem).RequiredArray("order_list", kMostDocumentsPerCall);
  if (list == nullptr) return elements;
  for (const json::value& value : *list) {
    if (!value.is_object()) problem.WrongParameter("order_list must be an array of objects.");
    if (problem) break;
    elements.push_back(ReadElement(value.get_object(), type, problem));
    if (!problem) FindPackage(call, elements.back());
  }
  return elements;
}

const Document* FindDocument(const Call& call, DocumentElement& element) {
  if (!element.ok()) return nullptr;
  const Document* document = call.world.lifecycle().DocumentOf(element.package);
  if (document != nullptr && document->type == element.type) return document;
  element.Fail("logistics.shipping_document_should_print_first",
               absl::StrCat("The package can not print now, please create shipping document first.Detail: ",
                            element.order_sn));
  return nullptr;
}

json::object DescribeElement(const Call& call, const DocumentElement& element) {
  json::object entry;
  entry["order_sn"] = element.order_sn;
  entry["package_number"] =
      element.package == kNoRow ? element.package_number : call.world.package(element.package).number;
  if (element.ok()) return entry;
  entry["fail_error"] = element.error;
  entry["fail_message"] = element.message;
  return entry;
}

Reply DescribeBatch(const Call& call, const std::vector<DocumentElement>& elements, json::array result_list) {
  json::array warning;
  for (const DocumentElement& element : elements) {
    if (element.ok()) continue;
    warning.push_back({{"order_sn", element.order_sn},
                       {"package_number", DescribeElement(call, element).at("package_number")}});
  }
  Reply reply = Success({{"result_list", std::move(result_list)}});
  if (warning.size() == elements.size()) {
    reply.error = "common.batch_api_all_failed";
    reply.message = "Failed, please check result_list for more details.";
  }
  reply.warning = warning.empty() ? json::value(nullptr) : json::value(std::move(warning));
  return reply;
}

}  // namespace emulator::api

#include "emulator/api/document_batch.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

#include "emulator/api/package_lookup.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDocumentsPerCall = 50;
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

void FailWith(std::string_view code, DocumentElement& element) {
  if (code == kOrderNotExist) {
    return element.Fail(code, absl::StrCat("The order_sn ", element.order_sn, " is not exist."));
  }
  if (code == kPackageNotFound) {
    return element.Fail(code, absl::StrCat("The package_number ", element.package_number, " is not exist."));
  }
  if (code == kPackageNumberNeeded) {
    return element.Fail(code, "Please request with package_number for this split order.");
  }
  element.Fail(code, absl::StrCat("Wrong parameters, detail: order_sn ", element.order_sn,
                                  ", package_number ", element.package_number, "."));
}

void FindPackage(const Call& call, const LookupErrors& errors, DocumentElement& element) {
  const FoundPackage found = FindPackageOf(call.world, call.shop, element.order_sn, element.package_number);
  if (found.result == Lookup::kNoOrder) return FailWith(errors.unknown_order, element);
  if (!errors.of_bookings_too && !call.world.FindOrder(element.order_sn)->booking_sn.empty()) {
    return element.Fail("logistics.error_booking_order", kBookingOrder);
  }
  if (found.result == Lookup::kNumberNeeded) return FailWith(errors.number_needed, element);
  if (found.result == Lookup::kNoPackage) return FailWith(errors.unknown_package, element);
  element.package = found.row;
}

}  // namespace

void DocumentElement::Fail(std::string_view code, std::string_view text) {
  error = code;
  message = text;
}

bool IsSelectableType(std::string_view type) {
  return std::find(kSelectableTypes.begin(), kSelectableTypes.end(), type) != kSelectableTypes.end();
}

std::vector<DocumentElement> ReadDocumentList(const Call& call, std::string_view type,
                                              const LookupErrors& errors, Problem& problem) {
  std::vector<DocumentElement> elements;
  const BodyFields body(call.body, problem);
  for (const json::object* object : body.RequiredObjects("order_list", kMaxDocumentsPerCall)) {
    elements.push_back(ReadElement(*object, type, problem));
    if (problem) break;
    FindPackage(call, errors, elements.back());
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

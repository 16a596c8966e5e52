#include <absl/strings/str_cat.h>

#include <string>
#include <vector>

#include "emulator/api/document_batch.h"
#include "emulator/api/operations.h"
#include "emulator/api/params.h"
#include "emulator/api/waybill_pdf.h"
#include "emulator/world/booking_moves.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDocumentsPerCall = 50;

struct Element {
  std::string booking_sn;
  std::string tracking_number;  // as sent
  std::string type;
  Row booking = kNoRow;
  std::string error;  // "" while no error was found
  std::string message;

  bool ok() const { return error.empty(); }
  void Fail(std::string_view code, std::string_view text) {
    error = code;
    message = text;
  }
};

std::vector<Element> ReadBookings(const Call& call, std::string_view type, Problem& problem) {
  std::vector<Element> elements;
  const BodyFields body(call.body, problem);
  for (const json::object* object : body.RequiredObjects("booking_list", kMaxDocumentsPerCall)) {
    if (problem) break;
    const BodyFields fields(*object, problem, "booking_list.");
    Element& element = elements.emplace_back();
    element.booking_sn = fields.Required("booking_sn");
    element.tracking_number = fields.Optional("tracking_number");
    element.type = fields.Optional("shipping_document_type");
    if (element.type.empty()) element.type = type;
    element.booking = call.world.RowOfBooking(element.booking_sn);
    const bool own = element.booking != kNoRow && call.world.booking(element.booking).shop_id == call.shop.id;
    if (!own) element.Fail("logistics.booking_not_exist", "The booking is not exist.");
  }
  return elements;
}

void CheckPrintable(const Call& call, Element& element) {
  const Booking& booking = call.world.booking(element.booking);
  const bool printable = booking.status == BookingStatus::kProcessed && !booking.tracking_number.empty() &&
                         booking.tracking_number == element.tracking_number && IsSelectableType(element.type);
  if (!printable)
    element.Fail("logistics.booking_can_not_print", "The booking can not print now, Please check");
}

const Document* FindDocument(const Call& call, Element& element) {
  if (!element.ok()) return nullptr;
  const auto& document = call.world.booking(element.booking).document;
  if (document && document->type == element.type) return &*document;
  element.Fail(
      "logistics.shipping_document_should_print_first",
      absl::StrCat("The package can not print now, please create shipping document first.Detail: these "
                   "booking orders: ",
                   element.booking_sn, " should print"));
  return nullptr;
}

void FailIfNotPrinted(Element& element) {
  element.Fail(
      "logistics.package_print_failed",
      absl::StrCat("Some package failed to print, please try again later. Detail: ", element.booking_sn));
}

json::object Describe(const Element& element) {
  return {
      {"booking_sn", element.booking_sn}, {"fail_error", element.error}, {"fail_message", element.message}};
}

Reply DescribeBatch(const std::vector<Element>& elements, json::array result_list) {
  json::array warning;
  for (const Element& element : elements) {
    if (!element.ok()) warning.push_back({{"booking_sn", element.booking_sn}});
  }
  Reply reply = Success({{"result_list", std::move(result_list)}});
  if (warning.size() == elements.size()) {
    reply.error = "common.batch_api_all_failed";
    reply.message = "Failed, please check result_list for more details.";
  }
  reply.warning = std::move(warning);
  return reply;
}

json::object DescribeResult(const Call& call, Element& element) {
  const Document* document = FindDocument(call, element);
  std::string status;
  if (document != nullptr) status = std::string(Name(document->state));
  if (document != nullptr && document->state == DocumentState::kFailed) FailIfNotPrinted(element);
  json::object entry = Describe(element);
  if (!status.empty()) entry["status"] = status;
  return entry;
}

}  // namespace

// The documented sample of a missing field has the module before the code.
Reply GetBookingShippingDocumentParameter(Call& call) {
  Problem problem;
  const std::vector<Element> elements = ReadBookings(call, "", problem);
  if (problem) {
    Reply reply = problem.AsReply();
    reply.error = "logistics.error_param";
    return reply;
  }
  json::array results;
  for (const Element& element : elements) {
    json::object entry = Describe(element);
    if (element.ok()) {
      entry["suggest_shipping_document_type"] = std::string(kDefaultDocumentType);
      entry["selectable_shipping_document_type"] =
          json::array(kSelectableTypes.begin(), kSelectableTypes.end());
    }
    results.push_back(std::move(entry));
  }
  return DescribeBatch(elements, std::move(results));
}

Reply CreateBookingShippingDocument(Call& call) {
  Problem problem;
  std::vector<Element> elements = ReadBookings(call, kDefaultDocumentType, problem);
  if (problem) return problem.AsReply();
  json::array results;
  for (Element& element : elements) {
    if (element.ok()) CheckPrintable(call, element);
    if (element.ok()) PrintBookingDocument(call.world, element.booking, element.type);
    results.push_back(Describe(element));
  }
  return DescribeBatch(elements, std::move(results));
}

Reply GetBookingShippingDocumentResult(Call& call) {
  Problem problem;
  std::vector<Element> elements = ReadBookings(call, kDefaultDocumentType, problem);
  if (problem) return problem.AsReply();
  json::array results;
  for (Element& element : elements) results.push_back(DescribeResult(call, element));
  return DescribeBatch(elements, std::move(results));
}

Reply DownloadBookingShippingDocument(Call& call) {
  Problem problem;
  std::string type = BodyFields(call.body, problem).Optional("shipping_document_type");
  if (type.empty()) type = kDefaultDocumentType;
  std::vector<Element> elements = ReadBookings(call, type, problem);
  if (problem) return problem.AsReply();
  std::vector<LabelLines> labels;
  for (Element& element : elements) {
    const Document* document = FindDocument(call, element);
    if (document != nullptr && document->state == DocumentState::kProcessing) {
      element.Fail("logistics.download_later",
                   absl::StrCat("Processing, please download later. Detail: ", element.booking_sn));
    } else if (document != nullptr && document->state == DocumentState::kFailed) {
      FailIfNotPrinted(element);
    }
    if (!element.ok()) return Failure(element.error, element.message);
    labels.push_back({call.world.booking(element.booking).tracking_number,
                      absl::StrCat("Air waybill, ", type), absl::StrCat("Booking: ", element.booking_sn),
                      absl::StrCat("Shop: ", call.shop.id), "Made by shopee-emulator"});
  }
  Reply reply;
  reply.file = LabelPdf(labels);
  reply.file_type = "application/pdf";
  return reply;
}

}  // namespace emulator::api

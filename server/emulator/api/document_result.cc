#include <absl/strings/str_cat.h>

#include "emulator/api/document_batch.h"
#include "emulator/api/operations.h"
#include "emulator/api/waybill_pdf.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kPrintFailed = "Some package failed to print, please try again later. Detail: ";

json::object DescribeResult(const Call& call, DocumentElement& element) {
  const Document* document = FindDocument(call, element);
  json::object entry = DescribeElement(call, element);
  if (document == nullptr) return entry;
  const bool failed = document->state == DocumentState::kFailed;
  entry["status"] = std::string(Name(document->state));
  entry["fail_error"] = failed ? "logistics.package_print_failed" : "";
  entry["fail_message"] = failed ? absl::StrCat(std::string(kPrintFailed), element.order_sn) : "";
  return entry;
}

void CheckDownload(const Call& call, DocumentElement& element) {
  const Document* document = FindDocument(call, element);
  if (document == nullptr) return;
  if (document->state == DocumentState::kProcessing) {
    element.Fail("logistics.download_later",
                 absl::StrCat("Processing, please download later. Detail: ", element.order_sn));
  } else if (document->state == DocumentState::kFailed) {
    element.Fail("logistics.package_print_failed", absl::StrCat(std::string(kPrintFailed), element.order_sn));
  }
}

LabelLines DescribeLabel(const Call& call, const DocumentElement& element) {
  const Package& package = call.world.package(element.package);
  return {package.tracking_number,
          absl::StrCat("Air waybill, ", element.type),
          absl::StrCat("Order: ", element.order_sn),
          absl::StrCat("Package: ", package.number),
          absl::StrCat("Transit warehouse: ",
                       std::string(package.warehouse == nullptr ? "-" : package.warehouse->id)),
          absl::StrCat("Shop: ", call.shop.id),
          "Made by shopee-emulator"};
}

}  // namespace

Reply GetShippingDocumentResult(Call& call) {
  Problem problem;
  constexpr LookupErrors kErrors = {kOrderNotExist, "error_not_found", kPackageNumberNeeded};
  auto elements = ReadDocumentList(call, kDefaultDocumentType, kErrors, problem);
  if (problem) return problem.AsReply();
  json::array results;
  for (DocumentElement& element : elements) results.push_back(DescribeResult(call, element));
  return DescribeBatch(call, elements, std::move(results));
}

Reply DownloadShippingDocument(Call& call) {
  Problem problem;
  std::string type = BodyFields(call.body, problem).Optional("shipping_document_type");
  if (type.empty()) type = kDefaultDocumentType;
  constexpr LookupErrors kErrors = {kOrderNotExist, kPackageNotFound, kPackageNumberNeeded};
  auto elements = ReadDocumentList(call, type, kErrors, problem);
  if (problem) return problem.AsReply();
  std::vector<LabelLines> labels;
  for (DocumentElement& element : elements) {
    element.type = type;  // of the whole file: elements have no type here
    CheckDownload(call, element);
    if (!element.ok()) return Failure(element.error, element.message);
    labels.push_back(DescribeLabel(call, element));
  }
  Reply reply;
  reply.file = LabelPdf(labels);
  reply.file_type = "application/pdf";
  return reply;
}

}  // namespace emulator::api

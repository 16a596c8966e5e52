#include "emulator/api/document_batch.h"
#include "emulator/api/operations.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

void CheckAllocated(const Call& call, DocumentElement& element) {
  const Package& package = call.world.package(element.package);
  if (call.world.order(package.order).status != OrderStatus::kPending) return;
  element.Fail("logistics.error_param",
               "The order is being allocated, please wait until the allocate is completed.");
}

void CheckPrintable(const Call& call, DocumentElement& element) {
  const Package& package = call.world.package(element.package);
  const OrderStatus status = call.world.order(package.order).status;
  if (!IsSelectableType(element.type)) {
    return element.Fail(
        "logistics.shipping_document_type_invalid",
        "The shipping_document_type is not invalid. Please check the shipping_document_type.");
  }
  CheckAllocated(call, element);
  if (!element.ok()) return;
  if (status == OrderStatus::kCancelled || package.logistics_status == LogisticsStatus::kReady) {
    return element.Fail("logistics.order_status_error", "Order status does not support awb printing.");
  }
  if (package.logistics_status != LogisticsStatus::kRequestCreated) {
    return element.Fail("logistics.package_can_not_print", "The package can not print now.");
  }
  if (package.tracking_number.empty() || element.tracking_number != package.tracking_number) {
    element.Fail("logistics.tracking_number_invalid",
                 "The tracking number is invalid. Please check the tracking number.");
  }
}

}  // namespace

Reply GetShippingDocumentParameter(Call& call) {
  Problem problem;
  constexpr LookupErrors kErrors = {"error_not_found", kPackageNotFound, "error_param", true};
  auto elements = ReadDocumentList(call, "", kErrors, problem);
  if (problem) return problem.AsReply();
  json::array results;
  for (DocumentElement& element : elements) {
    if (element.ok()) CheckAllocated(call, element);
    json::object entry = DescribeElement(call, element);
    if (element.ok()) {
      entry["suggest_shipping_document_type"] = std::string(kDefaultDocumentType);
      entry["selectable_shipping_document_type"] =
          json::array(kSelectableTypes.begin(), kSelectableTypes.end());
    }
    results.push_back(std::move(entry));
  }
  return DescribeBatch(call, elements, std::move(results));
}

Reply CreateShippingDocument(Call& call) {
  Problem problem;
  constexpr LookupErrors kErrors = {"error_not_found", kPackageNotFound, kPackageNumberNeeded};
  auto elements = ReadDocumentList(call, kDefaultDocumentType, kErrors, problem);
  if (problem) return problem.AsReply();
  json::array results;
  for (DocumentElement& element : elements) {
    if (element.ok()) CheckPrintable(call, element);
    if (element.ok()) call.world.lifecycle().PrintDocument(call.world, element.package, element.type);
    results.push_back(DescribeElement(call, element));
  }
  return DescribeBatch(call, elements, std::move(results));
}

}  // namespace emulator::api

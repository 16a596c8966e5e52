#include "emulator/api/document_batch.h"
#include "emulator/api/operations.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

void CheckPrintable(const Call& call, DocumentElement& element) {
  const Package& package = call.world.package(element.package);
  const OrderStatus status = call.world.order(package.order).status;
  if (!IsDocumentType(element.type)) {
    return element.Fail(
        "logistics.shipping_document_type_invalid",
        "The shipping_document_type is not invalid. Please check the shipping_document_type.");
  }
  if (status == OrderStatus::kPending) {
    return element.Fail("logistics.error_param",
                        "The order is being allocated, please wait until the allocate is completed.");
  }
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

Reply CreateShippingDocument(Call& call) {
  Problem problem;
  auto elements = ReadDocumentList(call, kDefaultDocumentType, problem);
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

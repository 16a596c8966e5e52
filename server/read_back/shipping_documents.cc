#include "read_back/shipping_documents.h"

#include "firstmile/v1/logistics_booking_documents.pb.h"
#include "firstmile/v1/logistics_documents.pb.h"
#include "read_back/documents_made.h"

namespace firstmile::read_back {

using google::protobuf::Message;

async::Task<ReadBackResult> AfterCreateShippingDocument(ShopReader& reader, const Message& message,
                                                        Message* answer) {
  const auto& request = static_cast<const v1::CreateShippingDocumentRequest&>(message);
  auto* response = static_cast<v1::CreateShippingDocumentResponse*>(answer);
  v1::GetShippingDocumentResultRequest question;
  question.set_shop_id(request.shop_id());
  for (const v1::NewShippingDocument& document : request.order_list()) {
    v1::ShippingDocumentKey& key = *question.add_order_list();
    key.set_order_sn(document.order_sn());
    key.set_package_number(document.package_number());
    key.set_shipping_document_type(document.shipping_document_type());
    v1::OrderOutcome& outcome = *response->add_outcomes();
    outcome.set_order_sn(document.order_sn());
    outcome.set_package_number(document.package_number());
  }
  v1::GetShippingDocumentResultResponse documents;
  const bool read = co_await reader.Read(question, &documents);
  if (!read) co_return ReadBackResult{};
  co_return DocumentsMade(documents, response);
}

async::Task<ReadBackResult> AfterCreateBookingShippingDocument(ShopReader& reader, const Message& message,
                                                               Message* answer) {
  const auto& request = static_cast<const v1::CreateBookingShippingDocumentRequest&>(message);
  auto* response = static_cast<v1::CreateBookingShippingDocumentResponse*>(answer);
  v1::GetBookingShippingDocumentResultRequest question;
  question.set_shop_id(request.shop_id());
  for (const v1::NewBookingShippingDocument& document : request.booking_list()) {
    v1::BookingShippingDocumentKey& key = *question.add_booking_list();
    key.set_booking_sn(document.booking_sn());
    key.set_shipping_document_type(document.shipping_document_type());
    response->add_outcomes()->set_booking_sn(document.booking_sn());
  }
  v1::GetBookingShippingDocumentResultResponse documents;
  const bool read = co_await reader.Read(question, &documents);
  if (!read) co_return ReadBackResult{};
  co_return DocumentsMade(documents, response);
}

async::Task<ReadBackResult> AfterCreateShippingDocumentJob(ShopReader&, const Message&, Message*) {
  co_return ReadBackResult{};
}

}  // namespace firstmile::read_back

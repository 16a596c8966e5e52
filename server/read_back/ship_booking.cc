#include "read_back/ship_booking.h"

#include "firstmile/v1/logistics_bookings.pb.h"
#include "firstmile/v1/logistics_tracking.pb.h"
#include "firstmile/v1/order_bookings.pb.h"
#include "read_back/read_back_texts.h"

namespace firstmile::read_back {
namespace {

using google::protobuf::Message;
using Kind = ReadBackResult::Kind;

// UNSPECIFIED when the booking cannot be read.
async::Task<v1::BookingStatus> ReadStatus(ShopReader& reader, const v1::ShipBookingRequest& request) {
  v1::GetBookingDetailRequest question;
  question.set_shop_id(request.shop_id());
  question.add_booking_sn_list(request.booking_sn());
  question.add_response_optional_fields("shipping_carrier");  // none would request personal data
  v1::GetBookingDetailResponse bookings;
  const bool read = co_await reader.Read(question, &bookings);
  const bool found = read && bookings.booking_list_size() == 1;
  co_return found ? bookings.booking_list(0).booking_status() : v1::BOOKING_STATUS_UNSPECIFIED;
}

async::Task<bool> HasTrackingNumber(ShopReader& reader, const v1::ShipBookingRequest& request) {
  v1::GetBookingTrackingNumberRequest question;
  question.set_shop_id(request.shop_id());
  question.set_booking_sn(request.booking_sn());
  v1::GetBookingTrackingNumberResponse number;
  const bool read = co_await reader.Read(question, &number);
  co_return read && !number.tracking_number().empty();
}

}  // namespace

// A booking can be matched before it is shipped; its tracking number then tells whether it was.
async::Task<ReadBackResult> AfterShipBooking(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::ShipBookingRequest&>(message);
  const v1::BookingStatus status = co_await ReadStatus(reader, request);
  if (status == v1::BOOKING_STATUS_READY_TO_SHIP) co_return ReadBackResult{.kind = Kind::kNothing};
  bool shipped = status == v1::BOOKING_STATUS_PROCESSED || status == v1::BOOKING_STATUS_SHIPPED;
  if (status == v1::BOOKING_STATUS_MATCHED) {
    shipped = co_await HasTrackingNumber(reader, request);
  }
  if (!shipped) co_return ReadBackResult{};
  co_return Found(static_cast<v1::ShipBookingResponse*>(answer));
}

}  // namespace firstmile::read_back

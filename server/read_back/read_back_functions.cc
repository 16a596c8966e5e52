#include "read_back/read_back_functions.h"

#include <array>

#include "absl/time/civil_time.h"
#include "firstmile/v1/first_mile_courier.pb.h"
#include "firstmile/v1/first_mile_numbers.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"
#include "firstmile/v1/logistics_booking_documents.pb.h"
#include "firstmile/v1/logistics_bookings.pb.h"
#include "firstmile/v1/logistics_document_jobs.pb.h"
#include "firstmile/v1/logistics_documents.pb.h"
#include "firstmile/v1/logistics_ship.pb.h"
#include "firstmile/v1/logistics_tracking.pb.h"
#include "firstmile/v1/logistics_updates.pb.h"
#include "firstmile/v1/order_changes.pb.h"
#include "read_back/booking_search.h"
#include "read_back/order_changes.h"
#include "read_back/order_search.h"
#include "read_back/read_back_texts.h"
#include "read_back/ship_booking.h"
#include "read_back/shipments.h"
#include "read_back/shipping_documents.h"

namespace firstmile::read_back {
namespace {

using google::protobuf::Message;

// Most numbers that an answer names as possible results of a generation.
constexpr std::size_t kUnusedNumbersMax = 50;

std::string DayAround(absl::CivilDay day, int offset) {
  return absl::FormatCivilTime(day + offset);
}

template <typename Response>
ReadBackResult Concluded(const OrderSearch& search, bool done_when_seen, Response* response) {
  const int done = search.FillOutcomes(done_when_seen, response->mutable_outcomes());
  if (done == 0) {
    response->Clear();
    return {.kind = search.is_clear() ? ReadBackResult::Kind::kNothing : ReadBackResult::Kind::kUnknown};
  }
  response->mutable_header()->add_warnings()->set_text(kOutcomesReadAfterLoss);
  return {.kind = ReadBackResult::Kind::kSomething, .is_complete = search.is_clear()};
}

// Reads the orders on a first-mile number. An unknown number has none: get_detail answers NOT_AVAILABLE then.
async::Task<bool> SearchNumber(ShopReader& reader, std::int64_t shop_id, std::string number,
                               OrderSearch& search) {
  v1::GetDetailRequest request;
  request.set_shop_id(shop_id);
  request.set_first_mile_tracking_number(number);
  co_return co_await reader.ReadPages<v1::GetDetailResponse>(std::move(request), [&](const auto& page) {
    search.AddAll(page.order_list());
    return search.all();
  });
}

async::Task<bool> SearchBinding(ShopReader& reader, std::int64_t shop_id, std::string binding_id,
                                OrderSearch& search) {
  v1::GetCourierDeliveryDetailRequest request;
  request.set_shop_id(shop_id);
  request.set_binding_id(binding_id);
  request.set_page_size(50);
  co_return co_await reader.ReadPages<v1::GetCourierDeliveryDetailResponse>(
      std::move(request), [&](const auto& page) {
        search.AddAll(page.order_list());
        return search.all();
      });
}

async::Task<ReadBackResult> AfterBind(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::BindFirstMileTrackingNumberRequest&>(message);
  auto* response = static_cast<v1::BindFirstMileTrackingNumberResponse*>(answer);
  OrderSearch search(request.order_list());
  const bool read =
      co_await SearchNumber(reader, request.shop_id(), request.first_mile_tracking_number(), search);
  if (!read) co_return ReadBackResult{};
  response->set_first_mile_tracking_number(request.first_mile_tracking_number());
  co_return Concluded(search, true, response);
}

async::Task<ReadBackResult> AfterUnbind(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::UnbindFirstMileTrackingNumberRequest&>(message);
  auto* response = static_cast<v1::UnbindFirstMileTrackingNumberResponse*>(answer);
  OrderSearch search(request.order_list());
  const bool read =
      co_await SearchNumber(reader, request.shop_id(), request.first_mile_tracking_number(), search);
  if (!read) co_return ReadBackResult{};
  response->set_first_mile_tracking_number(request.first_mile_tracking_number());
  co_return Concluded(search, false, response);
}

// True when Shopee shows a first-mile number for every order.
async::Task<bool> AllAreHeld(ShopReader& reader, const v1::UnbindFirstMileTrackingNumberAllRequest& request) {
  for (const v1::OrderKey& key : request.order_list()) {
    v1::GetTrackingNumberRequest question;
    question.set_shop_id(request.shop_id());
    question.set_order_sn(key.order_sn());
    question.set_package_number(key.package_number());
    question.add_response_optional_fields("first_mile_tracking_number");
    v1::GetTrackingNumberResponse order;
    const bool read = co_await reader.Read(question, &order);
    if (!read || order.first_mile_tracking_number().empty()) co_return false;
  }
  co_return true;
}

// The unbound list has only the orders of the last six months, so an order missing from it may be unbound all
// the same.
async::Task<ReadBackResult> AfterUnbindAll(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::UnbindFirstMileTrackingNumberAllRequest&>(message);
  auto* response = static_cast<v1::UnbindFirstMileTrackingNumberAllResponse*>(answer);
  OrderSearch search(request.order_list());
  v1::GetUnbindOrderListRequest unbound;
  unbound.set_shop_id(request.shop_id());
  unbound.set_page_size(100);
  const bool read =
      co_await reader.ReadPages<v1::GetUnbindOrderListResponse>(std::move(unbound), [&](const auto& page) {
        search.AddAll(page.order_list());
        return search.all();
      });
  if (!read) co_return ReadBackResult{};
  if (!search.any()) {
    const bool held = co_await AllAreHeld(reader, request);
    co_return ReadBackResult{.kind = held ? ReadBackResult::Kind::kNothing : ReadBackResult::Kind::kUnknown};
  }
  ReadBackResult read_back_result = Concluded(search, true, response);
  read_back_result.is_complete = search.all();
  co_return read_back_result;
}

async::Task<ReadBackResult> AfterBindCourier(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::BindCourierDeliveryFirstMileTrackingNumberRequest&>(message);
  auto* response = static_cast<v1::BindCourierDeliveryFirstMileTrackingNumberResponse*>(answer);
  OrderSearch search(request.order_list());
  const bool read = co_await SearchBinding(reader, request.shop_id(), request.binding_id(), search);
  if (!read) co_return ReadBackResult{};
  response->set_binding_id(request.binding_id());
  co_return Concluded(search, true, response);
}

async::Task<ReadBackResult> AfterGenerateAndBind(ShopReader& reader, const Message& message,
                                                 Message* answer) {
  const auto& request = static_cast<const v1::GenerateAndBindFirstMileTrackingNumberRequest&>(message);
  auto* response = static_cast<v1::GenerateAndBindFirstMileTrackingNumberResponse*>(answer);
  OrderSearch search(request.order_list());
  if (response->binding_id().empty()) {
    Booking booking = co_await FindBooking(reader, request);
    if (booking.binding_id.empty()) co_return std::move(booking.read_back_result);
    response->set_binding_id(booking.binding_id);
  }
  const bool read = co_await SearchBinding(reader, request.shop_id(), response->binding_id(), search);
  if (!read) co_return ReadBackResult{};
  co_return Concluded(search, true, response);
}

bool IsUnused(const v1::FirstMileNumber& row) {
  return row.status() == v1::FIRST_MILE_STATUS_NOT_AVAILABLE || row.status() == v1::FIRST_MILE_STATUS_INIT;
}

// The list does not say who generated a number, or when. Fewer unused numbers than requested prove that
// nothing happened; as many or more prove nothing.
async::Task<ReadBackResult> AfterGenerate(ShopReader& reader, const Message& message, Message*) {
  const auto& request = static_cast<const v1::GenerateFirstMileTrackingNumberRequest&>(message);
  absl::CivilDay day;
  if (!absl::ParseCivilTime(request.declare_date(), &day)) co_return ReadBackResult{};
  v1::GetTrackingNumberListRequest numbers;
  numbers.set_shop_id(request.shop_id());
  numbers.set_from_date(DayAround(day, -1));
  numbers.set_to_date(DayAround(day, 1));
  numbers.set_page_size(50);
  ReadBackResult read_back_result;
  const bool read =
      co_await reader.ReadPages<v1::GetTrackingNumberListResponse>(std::move(numbers), [&](const auto& page) {
        for (const auto& row : page.first_mile_tracking_number_list()) {
          if (row.declare_date() == request.declare_date() && IsUnused(row)) {
            read_back_result.unused_numbers.push_back(row.first_mile_tracking_number());
          }
        }
        return read_back_result.unused_numbers.size() > kUnusedNumbersMax;
      });
  if (!read) co_return ReadBackResult{};
  const std::size_t asked_for = request.has_quantity() ? static_cast<std::size_t>(request.quantity()) : 1;
  if (read_back_result.unused_numbers.size() < asked_for)
    read_back_result.kind = ReadBackResult::Kind::kNothing;
  if (read_back_result.unused_numbers.size() > kUnusedNumbersMax)
    read_back_result.unused_numbers.resize(kUnusedNumbersMax);
  co_return read_back_result;
}

struct Row {
  const google::protobuf::Descriptor* request;
  ReadBackFn look_back;
};

}  // namespace

ReadBackFn FindReadBackFn(const google::protobuf::Descriptor* request) {
  static const std::array kRows = {
      Row{v1::BindFirstMileTrackingNumberRequest::descriptor(), AfterBind},
      Row{v1::UnbindFirstMileTrackingNumberRequest::descriptor(), AfterUnbind},
      Row{v1::UnbindFirstMileTrackingNumberAllRequest::descriptor(), AfterUnbindAll},
      Row{v1::GenerateFirstMileTrackingNumberRequest::descriptor(), AfterGenerate},
      Row{v1::GenerateAndBindFirstMileTrackingNumberRequest::descriptor(), AfterGenerateAndBind},
      Row{v1::BindCourierDeliveryFirstMileTrackingNumberRequest::descriptor(), AfterBindCourier},
      Row{v1::SplitOrderRequest::descriptor(), AfterSplitOrder},
      Row{v1::UnsplitOrderRequest::descriptor(), AfterUnsplitOrder},
      Row{v1::CancelOrderRequest::descriptor(), AfterCancelOrder},
      Row{v1::HandleBuyerCancellationRequest::descriptor(), AfterHandleBuyerCancellation},
      Row{v1::ShipOrderRequest::descriptor(), AfterShipOrder},
      Row{v1::MassShipOrderRequest::descriptor(), AfterMassShipOrder},
      Row{v1::BatchShipOrderRequest::descriptor(), AfterBatchShipOrder},
      Row{v1::UpdateShippingOrderRequest::descriptor(), AfterUpdateShippingOrder},
      Row{v1::UpdateTrackingStatusRequest::descriptor(), AfterUpdateTrackingStatus},
      Row{v1::CreateShippingDocumentRequest::descriptor(), AfterCreateShippingDocument},
      Row{v1::CreateShippingDocumentJobRequest::descriptor(), AfterCreateShippingDocumentJob},
      Row{v1::CreateBookingShippingDocumentRequest::descriptor(), AfterCreateBookingShippingDocument},
      Row{v1::ShipBookingRequest::descriptor(), AfterShipBooking},
  };
  for (const Row& row : kRows) {
    if (row.request == request) return row.look_back;
  }
  return nullptr;
}

}  // namespace firstmile::read_back

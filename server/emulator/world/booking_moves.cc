#include "emulator/world/booking_moves.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <utility>

#include "emulator/world/world.h"

namespace emulator {
namespace {

using time::EventKind;

void AssignNumber(World& world, Row row, int64_t at) {
  world.SetBookingNumber(row, absl::StrFormat("MYB%09d%02dIT", row, world.rules().seed % 100), at);
}

void Collect(World& world, Row row, int64_t at) {
  if (world.booking(row).status != BookingStatus::kProcessed) return;
  world.mutable_booking(row).picked_up_at = at;
  world.SetBookingStatus(row, BookingStatus::kShipped, at);
  world.lifecycle().PlanBooking(at, world.rules().delays.arrival, EventKind::kBookingMatch, row);
}

// The new order's parcel is on its way to the buyer.
void Match(World& world, Row row, int64_t at) {
  const Booking booking = world.booking(row);
  if (booking.status != BookingStatus::kShipped) return;
  const Shop* shop = world.FindShop(booking.shop_id);
  if (shop == nullptr) return;
  const Row order =
      world.AddOrder(booking.shop_id, absl::StrFormat("%sMB%06d", FormatShortDay(DayOf(at)), row), at,
                     OrderStatus::kShipped);
  world.SetBookingOfOrder(order, booking.sn);
  const Row package = world.AddPackage(order, {.number = absl::StrFormat("OFG8%014d", row),
                                               .tracking_number = booking.tracking_number,
                                               .warehouse = &HomeWarehouse(shop->region),
                                               .logistics_status = LogisticsStatus::kPickupDone,
                                               .picked_up = true});
  world.mutable_booking(row).order = order;
  world.SetBookingStatus(row, BookingStatus::kMatched, at);
  world.lifecycle().PlanBooking(at, world.rules().delays.delivery, EventKind::kDelivery, package);
}

void FinishDocument(World& world, Row row, int64_t at) {
  Booking& booking = world.mutable_booking(row);
  if (!booking.document) return;
  const bool fails = booking.sn.ends_with("BKDOCFL");
  booking.document->state = fails ? DocumentState::kFailed : DocumentState::kReady;
  if (world.observer() != nullptr) world.observer()->OnBookingDocument(booking, booking.document->state, at);
}

}  // namespace

void ShipBooking(World& world, Row row) {
  const int64_t now = world.Now();
  world.SetBookingStatus(row, BookingStatus::kProcessed, now);
  world.lifecycle().PlanBooking(now, world.rules().delays.tracking_number, EventKind::kBookingNumber, row);
  world.lifecycle().PlanBooking(now, world.rules().delays.collection, EventKind::kBookingCollection, row);
}

void PrintBookingDocument(World& world, Row row, std::string_view type) {
  std::optional<Document>& document = world.mutable_booking(row).document;
  const bool under_way = document && document->state == DocumentState::kProcessing;
  const bool same = document && document->type == type && document->state != DocumentState::kFailed;
  if (!document) document.emplace();
  document->type = type;
  if (under_way || same) return;
  document->state = DocumentState::kProcessing;
  world.lifecycle().PlanBooking(world.Now(), world.rules().delays.document, EventKind::kBookingDocument, row);
}

void MoveBooking(World& world, const time::Event& event) {
  switch (event.kind) {
    case EventKind::kBookingNumber:
      return AssignNumber(world, event.row, event.time);
    case EventKind::kBookingDocument:
      return FinishDocument(world, event.row, event.time);
    case EventKind::kBookingCollection:
      return Collect(world, event.row, event.time);
    case EventKind::kBookingMatch:
      return Match(world, event.row, event.time);
    default:
      return;
  }
}

}  // namespace emulator

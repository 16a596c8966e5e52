#include "emulator/world/lifecycle.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "emulator/scramble.h"
#include "emulator/world/booking_moves.h"
#include "emulator/world/order_split.h"
#include "emulator/world/order_steps.h"
#include "emulator/world/special_order.h"
#include "emulator/world/world.h"

namespace emulator {
namespace {

using time::EventKind;
using world::OrderEvent;
using world::SpecialOrder;

SpecialOrder SpecialOrderOfPackage(const World& world, Row package) {
  return world::SpecialOrderOf(world.order(world.package(package).order).sn);
}

bool IsClosed(FirstMileStatus status) {
  return status == FirstMileStatus::kCanceling || status == FirstMileStatus::kCanceled;
}

// A package that ended before the carrier had it.
bool NeverLeft(LogisticsStatus status) {
  switch (status) {
    case LogisticsStatus::kInvalid:
    case LogisticsStatus::kCodRejected:
    case LogisticsStatus::kRequestCanceled:
    case LogisticsStatus::kPickupFailed:
      return true;
    default:
      return false;
  }
}

}  // namespace

int64_t Lifecycle::Draw(std::chrono::seconds delay, EventKind kind, Row row) const {
  const auto least = static_cast<uint64_t>(std::max<int64_t>(delay.count(), 0));
  const uint64_t random = Scramble(Scramble(seed_ + static_cast<uint64_t>(kind)) ^ row);
  return static_cast<int64_t>(least + random % (least / 2 + 1));
}

void Lifecycle::PlanBooking(int64_t from, std::chrono::seconds delay, EventKind kind, Row booking) {
  schedule_.Add(from + Draw(delay, kind, booking), kind, booking);
}

bool Lifecycle::Apply(World& world, const OrderChange& change) {
  return ApplyAt(world, change, world.Now());
}

bool Lifecycle::ApplyAt(World& world, const OrderChange& change, int64_t at) {
  const auto steps = world::StepsOf(world, change);
  if (!steps) return false;
  if (change.event == OrderEvent::kSplit) return world::SplitByItem(world, change.order, at);
  if (change.event == OrderEvent::kUnsplit) return world::Unsplit(world, change.order, at);
  for (const world::PackageStep& step : *steps) MovePackage(world, step.package, step.status, at);
  const OrderStatus status = world::OrderStatusAfter(world, change);
  if (status == world.order(change.order).status) return true;
  NoteCancellation(change, status);
  world.SetOrderStatus(change.order, status, at);
  if (status == OrderStatus::kToConfirmReceive) {
    schedule_.Add(at + Draw(delays_.completion, EventKind::kCompletion, change.order), EventKind::kCompletion,
                  change.order);
  }
  return true;
}

bool Lifecycle::Plan(OrderChange change, int64_t at) {
  if (plans_.size() >= kMostPlans) return false;
  schedule_.Add(at, EventKind::kPlanned, static_cast<Row>(plans_.size()));
  plans_.push_back(std::move(change));
  return true;
}

void Lifecycle::MovePackage(World& world, Row package, LogisticsStatus status, int64_t at) {
  const bool collected = status == LogisticsStatus::kPickupDone;
  if (collected) world.mutable_package(package).picked_up = true;
  world.SetLogisticsStatus(package, status, at);
  if (status == LogisticsStatus::kRequestCreated) OnRequested(world, package, at);
  if (collected) OnPickedUp(world, package, at);
  milestones_[package].latest = static_cast<uint32_t>(at);
  if (NeverLeft(status)) world.Unbind(package);
}

// Also after a failed pick-up, when the package has its number and may be bound.
void Lifecycle::OnRequested(World& world, Row row, int64_t at) {
  const Package& package = world.package(row);
  if (package.holder != kNoRow) OnBind(world, package.holder);
  Milestones& times = milestones_[row];
  if (times.shipped != 0) return;
  times.shipped = static_cast<uint32_t>(at);
  const SpecialOrder special = SpecialOrderOfPackage(world, row);
  if (special == SpecialOrder::kNoNumber || special == SpecialOrder::kSellerTransport) return;
  schedule_.Add(at + Draw(delays_.tracking_number, EventKind::kTrackingNumber, row),
                EventKind::kTrackingNumber, row);
}

void Lifecycle::OnPickedUp(World& world, Row row, int64_t at) {
  milestones_[row].picked_up = static_cast<uint32_t>(at);
  const Row holder = world.package(row).holder;
  if (holder == kNoRow) {
    schedule_.Add(at + Draw(delays_.arrival + delays_.delivery, EventKind::kDelivery, row),
                  EventKind::kDelivery, row);
    return;
  }
  FirstMileNumber& number = world.number(holder);
  world.SetNumberStatus(number, FirstMileStatus::kPickedUp, at);
  if (std::exchange(number.arrival_queued, true)) return;
  schedule_.Add(at + Draw(delays_.arrival, EventKind::kArrival, holder), EventKind::kArrival, holder);
}

void Lifecycle::NoteCancellation(const OrderChange& change, OrderStatus status) {
  if (change.event == OrderEvent::kAskCancellation) {
    cancellations_[change.order].buyer_reason = change.reason;
  } else if (change.event == OrderEvent::kRejectCancellation) {
    cancellations_.erase(change.order);
  } else if (status == OrderStatus::kCancelled) {
    Cancellation& cancellation = cancellations_[change.order];
    cancellation.by = world::TransitionOf(change.event).cancelled_by;
    cancellation.reason = change.reason.empty() ? cancellation.buyer_reason : change.reason;
  }
}

void Lifecycle::AssignNumber(World& world, Row row, int64_t at) {
  const Package& package = world.package(row);
  if (package.logistics_status == LogisticsStatus::kRequestCanceled) return;
  world.SetTrackingNumber(row, absl::StrFormat("MYS%09d%02dIT", row, seed_ % 100), at);
  world.SetOrderStatus(package.order, world.order(package.order).status, at);
}

void Lifecycle::OnBind(World& world, Row row) {
  if (!moving_) return;
  FirstMileNumber& number = world.number(row);
  const bool planned = number.scan_at > world.Now() && number.packages.size() > 1;
  if (planned) return;
  number.scan_at = world.Now() + Draw(delays_.collection, EventKind::kCollection, row);
  if (number.scan_queued) return;
  number.scan_queued = true;
  schedule_.Add(number.scan_at, EventKind::kCollection, row);
}

void Lifecycle::Collect(World& world, Row row, int64_t at) {
  FirstMileNumber& number = world.number(row);
  number.scan_queued = false;
  if (number.packages.empty() || IsClosed(number.status)) return;
  if (number.scan_at > at) {  // the number was emptied and bound again after this was planned
    number.scan_queued = true;
    return schedule_.Add(number.scan_at, EventKind::kCollection, row);
  }
  for (const auto& [shop, package] : number.packages) {
    if (SpecialOrderOfPackage(world, package) == SpecialOrder::kNeverCollected) continue;
    ApplyAt(world, {world.package(package).order, OrderEvent::kPickUp, package, {}}, at);
  }
}

void Lifecycle::Arrive(World& world, Row row, int64_t at) {
  FirstMileNumber& number = world.number(row);
  number.arrival_queued = false;
  for (const auto& [shop, package] : number.packages) {
    const Package& parcel = world.package(package);
    if (parcel.logistics_status != LogisticsStatus::kPickupDone || parcel.at_warehouse) continue;
    milestones_[package].arrived = static_cast<uint32_t>(at);
    world.mutable_package(package).at_warehouse = true;
    schedule_.Add(at + Draw(delays_.delivery, EventKind::kDelivery, package), EventKind::kDelivery, package);
  }
  if (!IsClosed(number.status)) world.SetNumberStatus(number, FirstMileStatus::kDelivered, at);
}

void Lifecycle::PrintDocument(World& world, Row package, std::string_view type) {
  const auto [it, fresh] = documents_.try_emplace(package);
  Document& document = it->second;
  const bool under_way = !fresh && document.state == DocumentState::kProcessing;
  const bool same = !fresh && document.type == type && document.state != DocumentState::kFailed;
  document.type = type;
  if (under_way || same) return;
  document.state = DocumentState::kProcessing;
  schedule_.Add(world.Now() + Draw(delays_.document, EventKind::kDocument, package), EventKind::kDocument,
                package);
}

void Lifecycle::FinishDocument(const World& world, Row row, int64_t at) {
  const bool fails = SpecialOrderOfPackage(world, row) == SpecialOrder::kDocumentFailed;
  const DocumentState state = fails ? DocumentState::kFailed : DocumentState::kReady;
  documents_[row].state = state;
  const Package& package = world.package(row);
  if (world.observer() != nullptr)
    world.observer()->OnDocument(world.order(package.order), package, state, at);
}

void Lifecycle::ScheduleCourierNumber(Row binding, int64_t at) {
  if (moving_) schedule_.Add(at, EventKind::kCourierNumber, binding);
}

void Lifecycle::ScheduleMidnights(int64_t now) {
  if (has_midnights_) return;
  has_midnights_ = true;
  schedule_.Add(StartOfDay(DayOf(now) + 1), EventKind::kMidnight, 0);
}

void Lifecycle::BeginDay(World& world, int64_t at) {
  schedule_.Add(StartOfDay(DayOf(at) + 1), EventKind::kMidnight, 0);
  if (world.observer() != nullptr) world.observer()->OnMidnight(world, at);
}

void Lifecycle::CatchUp(World& world, int64_t now) {
  while (const auto event = schedule_.TakeDue(now)) Run(world, *event);
}

void Lifecycle::Run(World& world, const time::Event& event) {
  switch (event.kind) {
    case EventKind::kTrackingNumber:
      return AssignNumber(world, event.row, event.time);
    case EventKind::kDocument:
      return FinishDocument(world, event.row, event.time);
    case EventKind::kCollection:
      return Collect(world, event.row, event.time);
    case EventKind::kArrival:
      return Arrive(world, event.row, event.time);
    case EventKind::kDelivery:
      ApplyAt(world, {world.package(event.row).order, OrderEvent::kDeliver, event.row, {}}, event.time);
      return;
    case EventKind::kCourierNumber:
      return world.NotifyBinding(world.number(event.row), event.time);
    case EventKind::kPlanned:
      ApplyAt(world, plans_[event.row], event.time);
      return;
    case EventKind::kMidnight:
      return BeginDay(world, event.time);
    case EventKind::kBookingNumber:
    case EventKind::kBookingDocument:
    case EventKind::kBookingCollection:
    case EventKind::kBookingMatch:
      return MoveBooking(world, event);
    case EventKind::kCompletion:
      ApplyAt(world, {event.row, OrderEvent::kComplete, kNoRow, {}}, event.time);
      return;
  }
}

Milestones Lifecycle::MilestonesOf(Row package) const {
  const auto it = milestones_.find(package);
  return it == milestones_.end() ? Milestones{} : it->second;
}

const Cancellation* Lifecycle::CancellationOf(Row order) const {
  const auto it = cancellations_.find(order);
  return it == cancellations_.end() ? nullptr : &it->second;
}

const Document* Lifecycle::DocumentOf(Row package) const {
  const auto it = documents_.find(package);
  return it == documents_.end() ? nullptr : &it->second;
}

}  // namespace emulator

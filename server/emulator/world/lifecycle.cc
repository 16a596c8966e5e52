#include "emulator/world/lifecycle.h"

#include <absl/strings/str_format.h>

#include <algorithm>

#include "emulator/world/magic.h"
#include "emulator/world/world.h"

namespace emulator {
namespace {

using time::EventKind;
using world::Magic;

// A bijection of 64-bit numbers that looks random.
uint64_t Mix(uint64_t value) {
  value = (value ^ (value >> 33)) * 0xff51afd7ed558ccd;
  value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53;
  return value ^ (value >> 33);
}

Magic MagicOfPackage(const World& world, Row package) {
  return world::MagicOf(world.order(world.package(package).order).sn);
}

bool IsClosed(FirstMileStatus status) {
  return status == FirstMileStatus::kCanceling || status == FirstMileStatus::kCanceled;
}

template <typename Test>
bool AllPackages(const World& world, Row order, Test test) {
  const auto& packages = world.order(order).packages;
  return std::all_of(packages.begin(), packages.end(), [&](Row row) { return test(world.package(row)); });
}

}  // namespace

int64_t Lifecycle::Draw(std::chrono::seconds delay, EventKind kind, Row row) const {
  const auto least = static_cast<uint64_t>(std::max<int64_t>(delay.count(), 0));
  const uint64_t random = Mix(Mix(seed_ + static_cast<uint64_t>(kind)) ^ row);
  return static_cast<int64_t>(least + random % (least / 2 + 1));
}

void Lifecycle::ArrangeShipment(World& world, Row package) {
  const int64_t now = world.Now();
  milestones_[package].shipped = static_cast<uint32_t>(now);
  world.SetLogisticsStatus(package, LogisticsStatus::kRequestCreated, now);
  const Row order = world.package(package).order;
  const bool all = AllPackages(world, order, [](const Package& sibling) {
    return sibling.logistics_status != LogisticsStatus::kReady;
  });
  if (all) world.SetOrderStatus(order, OrderStatus::kProcessed, now);
  if (MagicOfPackage(world, package) == Magic::kNoNumber) return;
  schedule_.Add(now + Draw(delays_.tracking_number, EventKind::kTrackingNumber, package),
                EventKind::kTrackingNumber, package);
}

void Lifecycle::AssignNumber(World& world, Row package, int64_t at) {
  world.SetTrackingNumber(package, absl::StrFormat("MYS%09d%02dIT", package, seed_ % 100), at);
  world.SetOrderStatus(world.package(package).order, world.order(world.package(package).order).status, at);
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
  if (number.scan_at > at) {  // emptied and filled again since this was planned
    number.scan_queued = true;
    return schedule_.Add(number.scan_at, EventKind::kCollection, row);
  }
  bool any = false;
  for (const auto& [shop, package] : number.packages) {
    if (world.package(package).picked_up) continue;
    if (MagicOfPackage(world, package) == Magic::kNeverCollected) continue;
    any = true;
    milestones_[package].picked_up = static_cast<uint32_t>(at);
    world.mutable_package(package).picked_up = true;
    world.SetLogisticsStatus(package, LogisticsStatus::kPickupDone, at);
    const Row order = world.package(package).order;
    const bool all = AllPackages(world, order, [](const Package& sibling) { return sibling.picked_up; });
    if (all) world.SetOrderStatus(order, OrderStatus::kShipped, at);
  }
  if (!any) return;
  world.SetNumberStatus(number, FirstMileStatus::kPickedUp, at);
  schedule_.Add(at + Draw(delays_.arrival, EventKind::kArrival, row), EventKind::kArrival, row);
}

void Lifecycle::Arrive(World& world, Row row, int64_t at) {
  FirstMileNumber& number = world.number(row);
  for (const auto& [shop, package] : number.packages) {
    const Package& parcel = world.package(package);
    if (!parcel.picked_up || parcel.at_warehouse) continue;
    milestones_[package].arrived = static_cast<uint32_t>(at);
    world.mutable_package(package).at_warehouse = true;
    schedule_.Add(at + Draw(delays_.delivery, EventKind::kDelivery, package), EventKind::kDelivery, package);
  }
  if (!IsClosed(number.status)) world.SetNumberStatus(number, FirstMileStatus::kDelivered, at);
}

void Lifecycle::Deliver(World& world, Row package, int64_t at) {
  milestones_[package].delivered = static_cast<uint32_t>(at);
  world.SetLogisticsStatus(package, LogisticsStatus::kDeliveryDone, at);
  const Row order = world.package(package).order;
  const bool all = AllPackages(world, order, [](const Package& sibling) {
    return sibling.logistics_status == LogisticsStatus::kDeliveryDone;
  });
  if (!all) return;
  world.SetOrderStatus(order, OrderStatus::kToConfirmReceive, at);
  schedule_.Add(at + Draw(delays_.completion, EventKind::kCompletion, package), EventKind::kCompletion,
                package);
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
  const bool fails = MagicOfPackage(world, row) == Magic::kDocumentFailed;
  const DocumentState state = fails ? DocumentState::kFailed : DocumentState::kReady;
  documents_[row].state = state;
  const Package& package = world.package(row);
  if (world.observer() != nullptr)
    world.observer()->OnDocument(world.order(package.order), package, state, at);
}

void Lifecycle::AwaitCode(Row binding, int64_t at) {
  if (moving_) schedule_.Add(at, EventKind::kCourierNumber, binding);
}

void Lifecycle::CountDays(int64_t now) {
  if (counts_days_) return;
  counts_days_ = true;
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
      return Deliver(world, event.row, event.time);
    case EventKind::kCourierNumber:
      return world.TellOfBinding(world.number(event.row), event.time);
    case EventKind::kMidnight:
      return BeginDay(world, event.time);
    case EventKind::kCompletion:
      return world.SetOrderStatus(world.package(event.row).order, OrderStatus::kCompleted, event.time);
  }
}

Milestones Lifecycle::MilestonesOf(Row package) const {
  const auto it = milestones_.find(package);
  return it == milestones_.end() ? Milestones{} : it->second;
}

const Document* Lifecycle::DocumentOf(Row package) const {
  const auto it = documents_.find(package);
  return it == documents_.end() ? nullptr : &it->second;
}

}  // namespace emulator

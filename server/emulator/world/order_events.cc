#include "emulator/world/order_events.h"

#include <algorithm>

namespace emulator::world {
namespace {

using L = LogisticsStatus;
using O = OrderStatus;

constexpr PackageMove kRelease[] = {{L::kNotStart, L::kReady}};
constexpr PackageMove kRefuseCod[] = {{L::kNotStart, L::kCodRejected}, {L::kReady, L::kCodRejected}};
constexpr PackageMove kWait[] = {{L::kReady, L::kPendingArrange}};
constexpr PackageMove kWaitNoMore[] = {{L::kPendingArrange, L::kReady}};
constexpr PackageMove kRequest[] = {{L::kReady, L::kRequestCreated}};
constexpr PackageMove kMiss[] = {{L::kRequestCreated, L::kPickupRetry}};
constexpr PackageMove kTryAgain[] = {{L::kPickupRetry, L::kRequestCreated}};
constexpr PackageMove kGiveUp[] = {{L::kPickupRetry, L::kPickupFailed}};
constexpr PackageMove kCollect[] = {{L::kRequestCreated, L::kPickupDone}, {L::kPickupRetry, L::kPickupDone}};
constexpr PackageMove kHandOver[] = {{L::kPickupDone, L::kDeliveryDone}};
constexpr PackageMove kMissBuyer[] = {{L::kPickupDone, L::kDeliveryFailed}};
constexpr PackageMove kMislay[] = {{L::kPickupDone, L::kLost}};
constexpr PackageMove kStop[] = {{L::kNotStart, L::kInvalid},
                                 {L::kPendingArrange, L::kInvalid},
                                 {L::kReady, L::kInvalid},
                                 {L::kRequestCreated, L::kRequestCanceled},
                                 {L::kPickupRetry, L::kRequestCanceled}};

constexpr OrderStatuses kBeforePickup = {O::kReadyToShip, O::kProcessed, O::kRetryShip};
constexpr OrderStatuses kOnTheWay = {O::kReadyToShip, O::kProcessed, O::kRetryShip, O::kShipped,
                                     O::kInCancel};
constexpr OrderStatuses kBeforeShipped = {O::kUnpaid, O::kPending, O::kReadyToShip, O::kProcessed,
                                          O::kRetryShip};

constexpr OrderStatuses kNotShipped = {O::kUnpaid, O::kPending, O::kReadyToShip};

// Happens to each package by itself.
constexpr Transition OfPackage(OrderEvent event, std::string_view name, std::string_view meaning,
                               OrderStatuses from, std::span<const PackageMove> moves,
                               std::string_view cancelled_by = "") {
  return {event, name, meaning, from, moves, false, std::nullopt, cancelled_by};
}

// Happens to all packages or to none.
constexpr Transition OfAllPackages(OrderEvent event, std::string_view name, std::string_view meaning,
                                   OrderStatuses from, std::span<const PackageMove> moves,
                                   std::string_view cancelled_by) {
  return {event, name, meaning, from, moves, true, std::nullopt, cancelled_by};
}

// Moves no package.
constexpr Transition OfOrder(OrderEvent event, std::string_view name, std::string_view meaning,
                             OrderStatuses from, std::optional<OrderStatus> to = std::nullopt) {
  return {event, name, meaning, from, {}, false, to, ""};
}

// In the order of OrderEvent.
constexpr Transition kTransitions[] = {
    OfPackage(OrderEvent::kPay, "pay", "the buyer pays", {O::kUnpaid}, kRelease),
    OfOrder(OrderEvent::kHold, "hold", "the buyer pays, and the order waits for its allocation", {O::kUnpaid},
            O::kPending),
    OfPackage(OrderEvent::kAllocate, "allocate", "the allocation of a held order ends", {O::kPending},
              kRelease),
    OfAllPackages(OrderEvent::kRejectCod, "reject_cod", "payment on delivery is refused to the buyer",
                  kNotShipped, kRefuseCod, "system"),
    OfPackage(OrderEvent::kLackCapacity, "lack_capacity", "the carrier cannot take the package yet",
              {O::kReadyToShip}, kWait),
    OfPackage(OrderEvent::kFindCapacity, "find_capacity", "the carrier can take it after all",
              {O::kReadyToShip}, kWaitNoMore),
    OfPackage(OrderEvent::kShip, "ship", "shipment is arranged, as by ship_order", {O::kReadyToShip},
              kRequest),
    OfPackage(OrderEvent::kFailPickup, "fail_pickup", "the carrier does not get the package", kOnTheWay,
              kMiss),
    OfPackage(OrderEvent::kReschedule, "reschedule", "a failed pick-up is arranged again", kOnTheWay,
              kTryAgain),
    OfPackage(OrderEvent::kGiveUpPickup, "give_up_pickup", "the carrier gives up a failed pick-up", kOnTheWay,
              kGiveUp, "system"),
    OfPackage(OrderEvent::kPickUp, "pick_up", "the carrier collects the package", kOnTheWay, kCollect),
    OfPackage(OrderEvent::kDeliver, "deliver", "the package reaches the buyer", kOnTheWay, kHandOver),
    OfPackage(OrderEvent::kFailDelivery, "fail_delivery", "the package cannot be delivered", kOnTheWay,
              kMissBuyer, "system"),
    OfPackage(OrderEvent::kLose, "lose", "the carrier loses the package", kOnTheWay, kMislay, "system"),
    OfOrder(OrderEvent::kAskCancellation, "ask_cancellation", "the buyer asks the seller to cancel",
            kBeforePickup, O::kInCancel),
    OfAllPackages(OrderEvent::kAcceptCancellation, "accept_cancellation", "the seller agrees", {O::kInCancel},
                  kStop, "buyer"),
    OfOrder(OrderEvent::kRejectCancellation, "reject_cancellation", "the seller does not agree",
            {O::kInCancel}),
    OfAllPackages(OrderEvent::kCancelByBuyer, "cancel_by_buyer", "the buyer cancels without asking",
                  kNotShipped, kStop, "buyer"),
    OfAllPackages(OrderEvent::kCancelBySeller, "cancel_by_seller", "the seller cancels, as by cancel_order",
                  kBeforeShipped, kStop, "seller"),
    OfOrder(OrderEvent::kReturn, "return", "the buyer asks for a return",
            {O::kShipped, O::kToConfirmReceive, O::kCompleted}, O::kToReturn),
    OfOrder(OrderEvent::kComplete, "complete", "the buyer confirms the receipt, or the return ends",
            {O::kToConfirmReceive, O::kToReturn}, O::kCompleted),
    OfOrder(OrderEvent::kSplit, "split", "the seller splits the order, one package for each item",
            {O::kReadyToShip}),
    OfOrder(OrderEvent::kUnsplit, "unsplit", "the seller undoes the split", {O::kReadyToShip}),
};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < std::size(kTransitions); ++i) {
    if (static_cast<std::size_t>(kTransitions[i].event) != i) return false;
  }
  return true;
}
static_assert(IsInOrder());

// In how much of its journey a package is.
enum class Stage { kToShip, kToRetry, kToPickUp, kOnItsWay, kEnded };

Stage StageOf(LogisticsStatus status) {
  switch (status) {
    case L::kNotStart:
    case L::kPendingArrange:
    case L::kReady:
      return Stage::kToShip;
    case L::kPickupRetry:
      return Stage::kToRetry;
    case L::kRequestCreated:
      return Stage::kToPickUp;
    case L::kPickupDone:
      return Stage::kOnItsWay;
    default:
      return Stage::kEnded;
  }
}

}  // namespace

std::span<const Transition> Transitions() {
  return kTransitions;
}

const Transition& TransitionOf(OrderEvent event) {
  return kTransitions[static_cast<std::size_t>(event)];
}

std::optional<OrderEvent> ParseOrderEvent(std::string_view name) {
  for (const Transition& transition : kTransitions) {
    if (transition.name == name) return transition.event;
  }
  return std::nullopt;
}

std::optional<LogisticsStatus> StatusAfter(const Transition& transition, LogisticsStatus status) {
  for (const PackageMove& move : transition.moves) {
    if (move.from == status) return move.to;
  }
  return std::nullopt;
}

OrderStatus StatusByPackages(std::span<const LogisticsStatus> packages) {
  Stage slowest = Stage::kEnded;
  for (const LogisticsStatus status : packages) slowest = std::min(slowest, StageOf(status));
  switch (slowest) {
    case Stage::kToShip:
      return O::kReadyToShip;
    case Stage::kToRetry:
      return O::kRetryShip;
    case Stage::kToPickUp:
      return O::kProcessed;
    case Stage::kOnItsWay:
      return O::kShipped;
    case Stage::kEnded:
      break;
  }
  const bool delivered = std::find(packages.begin(), packages.end(), L::kDeliveryDone) != packages.end();
  return delivered ? O::kToConfirmReceive : O::kCancelled;
}

}  // namespace emulator::world

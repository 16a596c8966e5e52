// What can happen to an order and its packages, as one table. Pure functions.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "emulator/world/states.h"

namespace emulator::world {

enum class OrderEvent : uint8_t {
  kPay,
  kHold,      // paid, but not released for shipping yet
  kAllocate,  // released
  kRejectCod,
  kLackCapacity,  // the carrier cannot take the package yet
  kFindCapacity,
  kShip,
  kFailPickup,
  kReschedule,  // a failed pick-up
  kGiveUpPickup,
  kPickUp,
  kDeliver,
  kFailDelivery,
  kLose,
  kAskCancellation,  // by the buyer
  kAcceptCancellation,
  kRejectCancellation,
  kCancelByBuyer,
  kCancelBySeller,
  kReturn,
  kComplete,
  kSplit,  // one package for each item
  kUnsplit,
};

class OrderStatuses {
 public:
  constexpr OrderStatuses(std::initializer_list<OrderStatus> statuses) {
    for (const OrderStatus status : statuses) bits_ |= 1U << static_cast<unsigned>(status);
  }
  constexpr bool Has(OrderStatus status) const { return (bits_ >> static_cast<unsigned>(status) & 1U) != 0; }

 private:
  unsigned bits_ = 0;
};

struct PackageMove {
  LogisticsStatus from;
  LogisticsStatus to;
};

struct Transition {
  OrderEvent event;
  std::string_view name;
  std::string_view meaning;
  OrderStatuses from;                  // of the order
  std::span<const PackageMove> moves;  // of its packages; none: they stay as they are
  bool whole;                          // impossible unless every package can move
  std::optional<OrderStatus> to;       // nullopt: what the packages say, see StatusByPackages
  std::string_view cancelled_by;       // if it cancels the order
};

std::span<const Transition> Transitions();
const Transition& TransitionOf(OrderEvent event);
std::optional<OrderEvent> ParseOrderEvent(std::string_view name);

// The status of a package after the event; nullopt if the event cannot happen to it.
std::optional<LogisticsStatus> StatusAfter(const Transition& transition, LogisticsStatus status);

// The order's status follows its slowest package; of packages that all reached their end, a delivered one
// decides.
OrderStatus StatusByPackages(std::span<const LogisticsStatus> packages);

}  // namespace emulator::world

// Notifications of changes in the world, from which pushes are made. Called under the lock of the world, in
// the order of the changes; `at` is the time of the change in Unix seconds.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "emulator/world/booking.h"
#include "emulator/world/entities.h"
#include "emulator/world/subject.h"

namespace emulator {

class World;

// The account whose seller consented or cancelled: a shop, or a main account with its merchants and shops.
struct AccountChange {
  int64_t main_account_id = 0;  // 0 if a single shop logged in
  std::vector<auth::Subject> subjects;
};

class WorldObserver {
 public:
  virtual ~WorldObserver() = default;

  virtual void OnOrderStatus(const Order& order) = 0;  // at its update_time
  virtual void OnTrackingNumber(const Order& order, const Package& package, int64_t at) = 0;
  virtual void OnFulfillment(const Order& order, const Package& package, int64_t at) = 0;
  virtual void OnDocument(const Order& order, const Package& package, DocumentState state, int64_t at) = 0;
  virtual void OnBookingStatus(const Booking& booking) = 0;  // at its update_time
  virtual void OnBookingNumber(const Booking& booking, int64_t at) = 0;
  virtual void OnBookingDocument(const Booking& booking, DocumentState state, int64_t at) = 0;
  // `code` is "" until the courier assigns it.
  virtual void OnBinding(const FirstMileNumber& binding, std::string_view code, FirstMileStatus status,
                         int64_t at) = 0;
  virtual void OnAuthorized(World& world, const AccountChange& change, int64_t at) = 0;
  virtual void OnCancelled(World& world, const AccountChange& change, int64_t at) = 0;
  virtual void OnMidnight(World& world, int64_t at) = 0;  // at the start of each day in UTC+8
};

}  // namespace emulator

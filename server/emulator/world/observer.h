// What the world tells about itself while it changes, to whoever watches: the pushes. Called under the lock
// of the world, in the order of the changes; `at` is the moment of the change in Unix seconds.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "emulator/auth/subject.h"
#include "emulator/world/entities.h"

namespace emulator {

class World;

// Whose seller consented or cancelled: one shop, or a main account with everything that belongs to it.
struct AccountChange {
  int64_t main_account_id = 0;  // 0: the shop logged in itself
  std::vector<auth::Subject> subjects;
};

class WorldObserver {
 public:
  virtual ~WorldObserver() = default;

  virtual void OnOrderStatus(const Order& order) = 0;  // at its update_time
  virtual void OnTrackingNumber(const Order& order, const Package& package, int64_t at) = 0;
  virtual void OnFulfillment(const Order& order, const Package& package, int64_t at) = 0;
  virtual void OnDocument(const Order& order, const Package& package, DocumentState state, int64_t at) = 0;
  // `code` is "" while the courier has not given it.
  virtual void OnBinding(const FirstMileNumber& binding, std::string_view code, FirstMileStatus status,
                         int64_t at) = 0;
  virtual void OnAuthorized(World& world, const AccountChange& change, int64_t at) = 0;
  virtual void OnCancelled(World& world, const AccountChange& change, int64_t at) = 0;
  virtual void OnMidnight(World& world, int64_t at) = 0;  // a day of the platform begins
};

}  // namespace emulator

// The state of the emulator: shops, orders, packages, first-mile numbers, courier bindings,
// bookings. Not thread safe: Emulator serializes every access. Returned pointers stay valid for the life of
// the world.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/node_hash_map.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/accounts.h"
#include "emulator/world/booking.h"
#include "emulator/world/delays.h"
#include "emulator/world/document_jobs.h"
#include "emulator/world/entities.h"
#include "emulator/world/issued_tokens.h"
#include "emulator/world/lifecycle.h"
#include "emulator/world/observer.h"

namespace emulator {

struct WorldRules {
  int numbers_per_day = 20;
  int orders_per_number = 10000;
  int64_t courier_number_delay = 5;  // seconds
  Delays delays;
  uint64_t seed = 1;  // for the delays
  std::function<int64_t()> now;
  auth::TokenRules tokens;
  std::string redirect_domain;  // where sellers may be redirected; empty: anywhere
};

// The items of packages that name none: unlike in every package and, with `index`, within one.
Item UsualItem(Row package, int index);

class World {
 public:
  explicit World(WorldRules rules) : rules_(std::move(rules)), lifecycle_(rules_.delays, rules_.seed) {}
  std::unique_ptr<World> Clone() const;  // shares nothing with the original; has no observer
  World& operator=(const World&) = delete;

  const WorldRules& rules() const { return rules_; }
  int64_t Now() const { return rules_.now(); }
  Day Today() const { return DayOf(Now()); }

  // After StartMoving(), shipped and bound parcels move on with time. Call CatchUp() before reading the
  // world.
  void StartMoving() { lifecycle_.Start(); }
  void CatchUp() { lifecycle_.CatchUp(*this, Now()); }
  // Notifies `observer` of every change from now on; it must outlive the world. Null removes it.
  void Observe(WorldObserver* observer);
  WorldObserver* observer() const { return observer_; }
  Lifecycle& lifecycle() { return lifecycle_; }
  const Lifecycle& lifecycle() const { return lifecycle_; }

  // Shops.
  Shop& AddShop(int64_t id, Region region, std::string access_token);
  Shop* FindShop(int64_t id);
  std::vector<int64_t> ShopIds() const;  // ascending

  // Tokens, and the accounts that own the shops.
  auth::IssuedTokens& tokens() { return tokens_; }
  const auth::IssuedTokens& tokens() const { return tokens_; }
  auth::Accounts& accounts() { return accounts_; }
  const auth::Accounts& accounts() const { return accounts_; }

  // Orders and packages. A new package is added to the unbound list of its shop if it is bindable. Without
  // items it gets one.
  Row AddOrder(int64_t shop_id, std::string sn, int64_t create_time, OrderStatus status);
  Row AddPackage(Row order, Package package);
  const Order* FindOrder(std::string_view sn) const;
  const Package* FindPackage(std::string_view number) const;
  Row RowOfPackage(std::string_view number) const;  // kNoRow if unknown
  const Order& order(Row row) const { return orders_[row]; }
  const Package& package(Row row) const { return packages_[row]; }
  Package& mutable_package(Row row) { return packages_[row]; }
  Row RowOfOrder(std::string_view sn) const;  // kNoRow if unknown
  Items ItemsOf(const Order& order) const;    // of all its packages, each item once
  Row order_count() const { return static_cast<Row>(orders_.size()); }
  Row package_count() const { return static_cast<Row>(packages_.size()); }
  Row number_count() const { return static_cast<Row>(numbers_.size()); }

  // Changes of state; these also update the lists.
  void SetOrderStatus(Row order, OrderStatus status, int64_t at);
  // The new packages wait for shipment; the ones that they replace are found no more.
  void ReplacePackages(Row order, std::vector<Items> parts, int64_t at);
  void SetLogisticsStatus(Row package, LogisticsStatus status, int64_t at);
  void SetTrackingNumber(Row package, std::string number, int64_t at);
  void SetNumberStatus(FirstMileNumber& number, FirstMileStatus status, int64_t at);

  // The pickup that the seller chose; null if none.
  const Pickup* PickupOf(Row package) const;
  void SetPickup(Row package, Pickup pickup) { pickups_[package] = std::move(pickup); }

  // First-mile numbers and courier bindings.
  Row AddNumber(FirstMileNumber number);
  std::string NewCode(Region region, Day declare_day);
  std::string NewBindingId();
  FirstMileNumber* FindNumber(std::string_view code);
  FirstMileNumber* FindBinding(std::string_view binding_id);
  FirstMileNumber& number(Row row) { return numbers_[row]; }
  const FirstMileNumber& number(Row row) const { return numbers_[row]; }
  Row RowOf(const FirstMileNumber& number) const;

  // Binds a package to a number or unbinds it, and updates the lists.
  void Bind(Row package, Row number);
  void Unbind(Row package);

  // The number of a courier binding becomes visible some time after the binding was made.
  bool CodeIsVisible(const FirstMileNumber& number) const;
  FirstMileStatus VisibleStatus(const FirstMileNumber& number) const;
  void NotifyBinding(const FirstMileNumber& binding,
                     int64_t at) const;  // with the code and status visible at `at`

  DocumentJobs& document_jobs() { return document_jobs_; }

  // Bookings.
  void AddBooking(Booking booking);
  const Booking* FindBooking(std::string_view sn) const;
  Row RowOfBooking(std::string_view sn) const;  // kNoRow if unknown
  const Booking& booking(Row row) const { return bookings_[row]; }
  Booking& mutable_booking(Row row) { return bookings_[row]; }
  Row booking_count() const { return static_cast<Row>(bookings_.size()); }
  void SetBookingStatus(Row booking, BookingStatus status, int64_t at);
  void SetBookingNumber(Row booking, std::string number, int64_t at);
  void SetBookingOfOrder(Row order, std::string booking_sn) {
    orders_[order].booking_sn = std::move(booking_sn);
  }

 private:
  World(const World&) = default;  // incomplete: Clone() also rebuilds the indices
  void Reindex();
  void IndexNumber(Row row);
  bool MayBeBound(const Package& package) const;
  void UpdateUnbound(Row package);
  std::string NewPackageNumber() const;
  void ListOrder(Row order);
  void UnlistOrder(Row order);

  WorldRules rules_;
  auth::IssuedTokens tokens_{rules_.tokens, rules_.now(), rules_.seed};
  auth::Accounts accounts_;
  absl::node_hash_map<int64_t, Shop> shops_;
  std::deque<Order> orders_;
  std::deque<Package> packages_;
  std::deque<FirstMileNumber> numbers_;
  std::deque<Booking> bookings_;
  // Keys point into the rows, whose addresses and keys never change.
  absl::flat_hash_map<std::string_view, Row> order_by_sn_;
  absl::flat_hash_map<std::string_view, Row> package_by_number_;
  absl::flat_hash_map<std::string_view, Row> number_by_code_;
  absl::flat_hash_map<std::string_view, Row> number_by_binding_;
  absl::flat_hash_map<std::string_view, Row> booking_by_sn_;
  uint64_t codes_made_ = 0;
  uint64_t bindings_made_ = 0;
  absl::flat_hash_map<Row, Pickup> pickups_;
  Lifecycle lifecycle_;
  DocumentJobs document_jobs_;
  WorldObserver* observer_ = nullptr;
};

}  // namespace emulator

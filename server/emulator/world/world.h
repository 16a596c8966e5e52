// The state of the emulated platform: shops, orders, packages, first-mile numbers, courier bindings,
// bookings. Not thread safe: Emulator serializes every access. Returned pointers live until the next rebuild.
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

#include "emulator/auth/accounts.h"
#include "emulator/auth/token_ledger.h"
#include "emulator/world/delays.h"
#include "emulator/world/entities.h"
#include "emulator/world/lifecycle.h"
#include "emulator/world/observer.h"

namespace emulator {

struct WorldRules {
  int numbers_per_day = 20;
  int orders_per_number = 10000;
  int64_t courier_number_delay = 5;  // seconds
  Delays delays;
  uint64_t seed = 1;  // of the delays
  std::function<int64_t()> now;
  auth::TokenRules tokens;
  std::string redirect_domain;  // of sellers' redirects; empty: any
};

class World {
 public:
  explicit World(WorldRules rules) : rules_(std::move(rules)), lifecycle_(rules_.delays, rules_.seed) {}
  std::unique_ptr<World> Clone() const;  // shares nothing with the original; nobody observes it
  World& operator=(const World&) = delete;

  const WorldRules& rules() const { return rules_; }
  int64_t Now() const { return rules_.now(); }
  Day Today() const { return DayOf(Now()); }

  // From now on, what is shipped or bound moves on with the time. A caller that looks at the world after time
  // has passed catches up first.
  void StartMoving() { lifecycle_.Start(); }
  void CatchUp() { lifecycle_.CatchUp(*this, Now()); }
  // Tells `observer`, which lives longer, of every change from now on. Null: nobody.
  void Observe(WorldObserver* observer);
  WorldObserver* observer() const { return observer_; }
  Lifecycle& lifecycle() { return lifecycle_; }
  const Lifecycle& lifecycle() const { return lifecycle_; }

  // Shops.
  Shop& AddShop(int64_t id, Region region, std::string access_token);
  Shop* FindShop(int64_t id);
  std::vector<int64_t> ShopIds() const;  // ascending

  // Tokens, and the accounts that own the shops.
  auth::TokenLedger& tokens() { return tokens_; }
  const auth::TokenLedger& tokens() const { return tokens_; }
  auth::Accounts& accounts() { return accounts_; }
  const auth::Accounts& accounts() const { return accounts_; }

  // Orders and packages. A new package enters the unbound list of its shop when it may be bound.
  Row AddOrder(int64_t shop_id, std::string sn, int64_t create_time, OrderStatus status);
  Row AddPackage(Row order, Package package);
  const Order* FindOrder(std::string_view sn) const;
  const Package* FindPackage(std::string_view number) const;
  Row RowOfPackage(std::string_view number) const;  // kNoRow when there is none
  const Order& order(Row row) const { return orders_[row]; }
  const Package& package(Row row) const { return packages_[row]; }
  Package& mutable_package(Row row) { return packages_[row]; }
  Row RowOfOrder(std::string_view sn) const;  // kNoRow when there is none
  Row order_count() const { return static_cast<Row>(orders_.size()); }
  Row package_count() const { return static_cast<Row>(packages_.size()); }
  Row number_count() const { return static_cast<Row>(numbers_.size()); }

  // Changes of state; the lists follow.
  void SetOrderStatus(Row order, OrderStatus status, int64_t at);
  void SetLogisticsStatus(Row package, LogisticsStatus status, int64_t at);
  void SetTrackingNumber(Row package, std::string number, int64_t at);
  void SetNumberStatus(FirstMileNumber& number, FirstMileStatus status, int64_t at);

  // First-mile numbers and courier bindings.
  Row AddNumber(FirstMileNumber number);
  std::string NewCode(Region region, Day declare_day);
  std::string NewBindingId();
  FirstMileNumber* FindNumber(std::string_view code);
  FirstMileNumber* FindBinding(std::string_view binding_id);
  FirstMileNumber& number(Row row) { return numbers_[row]; }
  const FirstMileNumber& number(Row row) const { return numbers_[row]; }
  Row RowOf(const FirstMileNumber& number) const;

  // Moves a package onto a number or off it; both sides and the lists follow.
  void Bind(Row package, Row number);
  void Unbind(Row package);

  // A courier binding learns its number some time after it was made.
  bool CodeIsVisible(const FirstMileNumber& number) const;
  FirstMileStatus VisibleStatus(const FirstMileNumber& number) const;
  void TellOfBinding(const FirstMileNumber& binding, int64_t at) const;  // as a caller sees it then

  // Bookings.
  void AddBooking(Booking booking);
  const Booking* FindBooking(std::string_view sn) const;

 private:
  World(const World&) = default;  // Clone() makes it whole
  void Reindex();
  void IndexNumber(Row row);
  bool MayBeBound(const Package& package) const;
  void UpdateUnbound(Row package);
  void ListOrder(Row order);
  void UnlistOrder(Row order);

  WorldRules rules_;
  auth::TokenLedger tokens_{rules_.tokens, rules_.now(), rules_.seed};
  auth::Accounts accounts_;
  absl::node_hash_map<int64_t, Shop> shops_;
  std::deque<Order> orders_;
  std::deque<Package> packages_;
  std::deque<FirstMileNumber> numbers_;
  std::deque<Booking> bookings_;
  // Keys point into the rows, whose places and keys never change.
  absl::flat_hash_map<std::string_view, Row> order_by_sn_;
  absl::flat_hash_map<std::string_view, Row> package_by_number_;
  absl::flat_hash_map<std::string_view, Row> number_by_code_;
  absl::flat_hash_map<std::string_view, Row> number_by_binding_;
  absl::flat_hash_map<std::string_view, Row> booking_by_sn_;
  uint64_t codes_made_ = 0;
  uint64_t bindings_made_ = 0;
  Lifecycle lifecycle_;
  WorldObserver* observer_ = nullptr;
};

}  // namespace emulator

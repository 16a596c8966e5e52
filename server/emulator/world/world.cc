#include "emulator/world/world.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>

#include "emulator/world/special_order.h"

namespace emulator {
namespace {

constexpr uint64_t kTwelveDigits = 1'000'000'000'000;
// Coprime to 10^12, so that 10^12 consecutive codes look unrelated and do not repeat.
constexpr uint64_t kCodeStep = 617'283'945'071;
constexpr uint64_t kBindingStep = 381'966'011'251;

std::string TwelveDigits(uint64_t counter, uint64_t step) {
  const auto product = static_cast<unsigned __int128>(counter) * step % kTwelveDigits;
  return absl::StrFormat("%012d", static_cast<uint64_t>(product));
}

// A courier binding is ORDER_CREATED until its number is assigned, then ORDER_RECEIVED.
FirstMileStatus StatusAt(const FirstMileNumber& number, int64_t at) {
  const bool placed = number.status == FirstMileStatus::kOrderReceived && at < number.code_visible_at;
  return placed ? FirstMileStatus::kOrderCreated : number.status;
}

template <typename Map>
Row Lookup(const Map& map, std::string_view key) {
  const auto it = map.find(key);
  return it == map.end() ? kNoRow : it->second;
}

}  // namespace

Item UsualItem(Row package, int index) {
  constexpr int64_t kStep = 10'000'000;
  return {100'000 + package + index * kStep, 200'000 + package + index * kStep, 1};
}

Shop& World::AddShop(int64_t id, Region region, std::string access_token) {
  Shop& shop = shops_[id];
  shop.id = id;
  shop.name = absl::StrFormat("Emulated shop %d", id);
  shop.region = region;
  shop.access_token = std::move(access_token);
  return shop;
}

Shop* World::FindShop(int64_t id) {
  const auto it = shops_.find(id);
  return it == shops_.end() ? nullptr : &it->second;
}

std::vector<int64_t> World::ShopIds() const {
  std::vector<int64_t> ids;
  ids.reserve(shops_.size());
  for (const auto& [id, shop] : shops_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

Row World::AddOrder(int64_t shop_id, std::string sn, int64_t create_time, OrderStatus status) {
  const Row row = static_cast<Row>(orders_.size());
  Order& order = orders_.emplace_back();
  order.sn = std::move(sn);
  order.shop_id = shop_id;
  order.create_time = static_cast<uint32_t>(create_time);
  order.update_time = order.create_time;
  order.status = status;
  order_by_sn_.emplace(order.sn, row);
  ListOrder(row);
  return row;
}

Row World::AddPackage(Row order, Package package) {
  const Row row = static_cast<Row>(packages_.size());
  package.order = order;
  if (package.items.empty()) package.items.push_back(UsualItem(row, 0));
  packages_.push_back(std::move(package));
  orders_[order].packages.push_back(row);
  package_by_number_.emplace(packages_.back().number, row);
  UpdateUnbound(row);
  return row;
}

const Order* World::FindOrder(std::string_view sn) const {
  const Row row = Lookup(order_by_sn_, sn);
  return row == kNoRow ? nullptr : &orders_[row];
}

Row World::RowOfPackage(std::string_view number) const {
  return Lookup(package_by_number_, number);
}

const Package* World::FindPackage(std::string_view number) const {
  const Row row = RowOfPackage(number);
  return row == kNoRow ? nullptr : &packages_[row];
}

Row World::AddNumber(FirstMileNumber number) {
  const Row row = static_cast<Row>(numbers_.size());
  numbers_.push_back(std::move(number));
  const FirstMileNumber& added = numbers_.back();
  Shop* owner = FindShop(added.owner_shop);
  if (!added.binding_id.empty()) {
    number_by_binding_.emplace(added.binding_id, row);
    if (added.code_visible_at > Now()) lifecycle_.ScheduleCourierNumber(row, added.code_visible_at);
    if (owner != nullptr) owner->bindings.emplace(static_cast<uint32_t>(DayOf(added.create_time)), row);
    return row;
  }
  number_by_code_.emplace(added.code, row);  // a binding is found by its id, not by its code
  if (owner != nullptr) {
    owner->numbers.emplace(static_cast<uint32_t>(added.declare_day), row);
    ++owner->generated[added.declare_day];
  }
  return row;
}

std::string World::NewCode(Region region, Day declare_day) {
  std::string code;
  do {
    code = absl::StrCat(region == Region::kCn ? "CNF" : "KRF", TwelveDigits(++codes_made_, kCodeStep),
                        FormatShortDay(declare_day));
  } while (number_by_code_.contains(code));
  return code;
}

std::string World::NewBindingId() {
  std::string id;
  do {
    const uint64_t count = ++bindings_made_;
    id = absl::StrCat("DCN", TwelveDigits(count, kBindingStep),
                      std::string(1, static_cast<char>('A' + count % 26)), "U");
  } while (number_by_binding_.contains(id));
  return id;
}

FirstMileNumber* World::FindNumber(std::string_view code) {
  const Row row = Lookup(number_by_code_, code);
  return row == kNoRow || !numbers_[row].binding_id.empty() ? nullptr : &numbers_[row];
}

FirstMileNumber* World::FindBinding(std::string_view binding_id) {
  const Row row = Lookup(number_by_binding_, binding_id);
  return row == kNoRow ? nullptr : &numbers_[row];
}

Row World::RowOf(const FirstMileNumber& number) const {
  return number.binding_id.empty() ? Lookup(number_by_code_, number.code)
                                   : Lookup(number_by_binding_, number.binding_id);
}

void World::Bind(Row package_row, Row number_row) {
  Package& package = packages_[package_row];
  FirstMileNumber& number = numbers_[number_row];
  package.holder = number_row;
  number.packages.emplace(orders_[package.order].shop_id, package_row);
  if (number.warehouse == nullptr) number.warehouse = package.warehouse;
  if (number.status == FirstMileStatus::kNotAvailable || number.status == FirstMileStatus::kInit) {
    SetNumberStatus(number, FirstMileStatus::kOrderReceived, Now());
  }
  UpdateUnbound(package_row);
  lifecycle_.OnBind(*this, number_row);
}

void World::Unbind(Row package_row) {
  Package& package = packages_[package_row];
  if (package.holder == kNoRow) return;
  FirstMileNumber& number = numbers_[package.holder];
  number.packages.erase({orders_[package.order].shop_id, package_row});
  if (number.packages.empty()) {
    SetNumberStatus(number, FirstMileStatus::kNotAvailable, Now());
    number.warehouse = nullptr;
  }
  package.holder = kNoRow;
  UpdateUnbound(package_row);
}

bool World::CodeIsVisible(const FirstMileNumber& number) const {
  return Now() >= number.code_visible_at;
}

FirstMileStatus World::VisibleStatus(const FirstMileNumber& number) const {
  return StatusAt(number, Now());
}

void World::SetNumberStatus(FirstMileNumber& number, FirstMileStatus status, int64_t at) {
  if (number.status == status) return;
  number.status = status;
  if (!number.binding_id.empty()) NotifyBinding(number, at);
}

void World::NotifyBinding(const FirstMileNumber& binding, int64_t at) const {
  if (observer_ == nullptr) return;
  const bool visible = at >= binding.code_visible_at;
  observer_->OnBinding(binding, visible ? std::string_view(binding.code) : std::string_view(),
                       StatusAt(binding, at), at);
}

void World::Observe(WorldObserver* observer) {
  observer_ = observer;
  if (observer != nullptr) lifecycle_.ScheduleMidnights(Now());
}

bool World::MayBeBound(const Package& package) const {
  const Order& order = orders_[package.order];
  return order.status == OrderStatus::kProcessed &&
         world::SpecialOrderOf(order.sn) != world::SpecialOrder::kSellerTransport && !package.replaced &&
         package.holder == kNoRow && !package.tracking_number.empty() &&
         package.logistics_status == LogisticsStatus::kRequestCreated;
}

void World::UpdateUnbound(Row row) {
  const Package& package = packages_[row];
  const Order& order = orders_[package.order];
  Shop* shop = FindShop(order.shop_id);
  if (shop == nullptr) return;
  const bool waits = !package.replaced && order.status == OrderStatus::kReadyToShip &&
                     package.logistics_status == LogisticsStatus::kReady;
  if (waits) {
    shop->to_ship.emplace(order.create_time, row);
  } else {
    shop->to_ship.erase({order.create_time, row});
  }
  if (MayBeBound(package)) {
    shop->unbound.emplace(order.create_time, row);
  } else {
    shop->unbound.erase({order.create_time, row});
  }
}

}  // namespace emulator

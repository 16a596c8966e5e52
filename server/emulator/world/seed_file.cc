#include "emulator/world/seed_file.h"

#include <absl/strings/str_cat.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <initializer_list>
#include <optional>
#include <stdexcept>

#include "emulator/emulator.h"

namespace emulator::world {
namespace {

namespace json = boost::json;

constexpr int64_t kMostId = 4'294'967'295;
constexpr int64_t kFirstSeededAddress = 50000;

// Thrown inside of this file only.
struct Wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string_view View(const json::string& text) {
  return {text.data(), text.size()};
}

// One JSON object of the seed; names itself in what it throws.
class Entry {
 public:
  Entry(const json::value& value, std::string name, std::initializer_list<std::string_view> members)
      : name_(std::move(name)) {
    if (!value.is_object()) throw Wrong(name_ + " must be an object");
    object_ = &value.get_object();
    for (const auto& member : *object_) CheckMember(member.key(), members);
  }

  const std::string& name() const { return name_; }
  [[noreturn]] void Refuse(std::string_view member, std::string_view rule) const {
    throw Wrong(absl::StrCat(name_, ": ", std::string(member), " ", std::string(rule)));
  }

  std::string Text(std::string_view member, std::string_view otherwise) const {
    const json::value* value = object_->if_contains(member);
    if (value == nullptr) return std::string(otherwise);
    if (!value->is_string()) Refuse(member, "must be a string");
    return std::string(View(value->get_string()));
  }
  int64_t Integer(std::string_view member, int64_t least, int64_t most,
                  std::optional<int64_t> otherwise) const {
    const json::value* value = object_->if_contains(member);
    if (value == nullptr && otherwise) return *otherwise;
    if (value == nullptr) Refuse(member, "is required");
    if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
      Refuse(member, absl::StrCat("must be an integer from ", least, " to ", most));
    }
    return value->get_int64();
  }
  bool Flag(std::string_view member, bool otherwise) const {
    const json::value* value = object_->if_contains(member);
    if (value == nullptr) return otherwise;
    if (!value->is_bool()) Refuse(member, "must be true or false");
    return value->get_bool();
  }
  const json::array& List(std::string_view member) const {
    static const json::array* const kNone = new json::array();
    const json::value* value = object_->if_contains(member);
    if (value == nullptr) return *kNone;
    if (!value->is_array()) Refuse(member, "must be a list");
    return value->get_array();
  }

 private:
  void CheckMember(std::string_view key, std::initializer_list<std::string_view> members) const {
    for (const std::string_view member : members) {
      if (member == key) return;
    }
    Refuse(key, "is not known here");
  }

  std::string name_;
  const json::object* object_ = nullptr;
};

LogisticsStatus DefaultLogistics(OrderStatus status) {
  switch (status) {
    case OrderStatus::kPending:
      return LogisticsStatus::kNotStart;
    case OrderStatus::kReadyToShip:
      return LogisticsStatus::kReady;
    case OrderStatus::kProcessed:
      return LogisticsStatus::kRequestCreated;
    case OrderStatus::kShipped:
      return LogisticsStatus::kPickupDone;
    case OrderStatus::kCancelled:
      return LogisticsStatus::kInvalid;
    default:
      return LogisticsStatus::kDeliveryDone;
  }
}

bool WasPickedUp(LogisticsStatus status) {
  return status == LogisticsStatus::kPickupDone || status == LogisticsStatus::kDeliveryDone;
}

const Warehouse* ReadWarehouse(const Entry& entry, Region region) {
  const std::string id = entry.Text("warehouse_id", HomeWarehouse(region).id);
  const Warehouse* warehouse = FindWarehouse(id);
  if (warehouse == nullptr || warehouse->region != region) {
    entry.Refuse("warehouse_id", "must be a warehouse of the shop's region");
  }
  return warehouse;
}

void AddPackage(const Entry& entry, Row row, Region region, int index, World& world) {
  const Order& order = world.order(row);
  Package package;
  package.number = entry.Text("package_number", absl::StrCat("OFGS", row, "P", index));
  const LogisticsStatus usual = DefaultLogistics(order.status);
  const std::string name = entry.Text("logistics_status", Name(usual));
  const auto status = ParseLogisticsStatus(name);
  if (!status) entry.Refuse("logistics_status", "is no known status");
  package.logistics_status = *status;
  const bool numbered = *status == LogisticsStatus::kRequestCreated || WasPickedUp(*status);
  package.tracking_number =
      entry.Text("tracking_number", numbered ? absl::StrCat("MYF", row, "P", index, "IT") : "");
  package.warehouse = ReadWarehouse(entry, region);
  package.picked_up = WasPickedUp(*status);
  package.at_warehouse = *status == LogisticsStatus::kDeliveryDone;
  if (package.number.empty() || world.FindPackage(package.number) != nullptr) {
    entry.Refuse("package_number", "must be new");
  }
  world.AddPackage(row, std::move(package));
}

void AddOrder(const Entry& entry, const Shop& shop, World& world) {
  const std::string sn = entry.Text("order_sn", "");
  if (sn.empty() || world.FindOrder(sn) != nullptr) entry.Refuse("order_sn", "is required and must be new");
  const auto status = ParseOrderStatus(entry.Text("status", Name(OrderStatus::kReadyToShip)));
  if (!status) entry.Refuse("status", "is no known status");
  const int64_t age = entry.Integer("age_seconds", 0, world.Now(), 3600);
  const int64_t time = entry.Integer("create_time", 0, kMostId, world.Now() - age);
  const Row row = world.AddOrder(shop.id, sn, time, *status);
  const json::array& packages = entry.List("packages");
  const json::value plain = json::object();
  const std::size_t count = packages.empty() ? 1 : packages.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Entry package(packages.empty() ? plain : packages[i],
                        absl::StrCat(entry.name(), ".packages[", i, "]"),
                        {"package_number", "tracking_number", "logistics_status", "warehouse_id"});
    AddPackage(package, row, shop.region, static_cast<int>(i), world);
  }
}

void AddShop(const Entry& entry, World& world) {
  const int64_t id = entry.Integer("shop_id", 1, kMostId, std::nullopt);
  Shop* shop = world.FindShop(id);
  if (shop == nullptr) {
    const auto region = ParseRegion(entry.Text("region", "CN"));
    if (!region) entry.Refuse("region", "must be CN or KR");
    shop = &world.AddShop(id, *region, entry.Text("access_token", DefaultAccessToken(id)));
    shop->pickup_address_id = kFirstSeededAddress + static_cast<int64_t>(world.ShopIds().size());
    shop->name = entry.Text("name", shop->name);
  } else if (entry.Text("region", Name(shop->region)) != Name(shop->region)) {
    entry.Refuse("region", "cannot change for a shop that is there already");
  }
  shop->linked = entry.Flag("linked", shop->linked);
  shop->banned = entry.Flag("banned", shop->banned);
  shop->first_mile = entry.Flag("first_mile", shop->first_mile);
  shop->pre_declare = entry.Flag("pre_declare", shop->pre_declare);
  const json::array& orders = entry.List("orders");
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const Entry order(orders[i], absl::StrCat(entry.name(), ".orders[", i, "]"),
                      {"order_sn", "status", "age_seconds", "create_time", "packages"});
    AddOrder(order, *shop, world);
  }
}

}  // namespace

std::string LoadSeed(std::string_view json_text, World& world) {
  if (json_text.empty()) return "";
  if (json_text.size() > kMostSeedBytes) return "longer than 256 MiB";
  boost::system::error_code error;
  const json::value root = json::parse(json_text, error);
  if (error) return "no JSON: " + error.message();
  try {
    const json::array& shops = Entry(root, "the seed", {"shops"}).List("shops");
    for (std::size_t i = 0; i < shops.size(); ++i) {
      const Entry shop(shops[i], absl::StrCat("shops[", i, "]"),
                       {"shop_id", "region", "access_token", "name", "linked", "banned", "first_mile",
                        "pre_declare", "orders"});
      AddShop(shop, world);
    }
  } catch (const Wrong& wrong) {
    return wrong.what();
  }
  return "";
}

}  // namespace emulator::world

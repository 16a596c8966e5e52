#include "emulator/world/seed_file.h"

#include <absl/strings/str_cat.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <optional>

#include "emulator/emulator.h"
#include "emulator/world/json_entry.h"
#include "emulator/world/order_entry.h"

namespace emulator::world {
namespace {

namespace json = boost::json;

constexpr int64_t kMaxId = 4'294'967'295;
constexpr int64_t kFirstSeededAddress = 50000;

void AddShop(const JsonEntry& entry, World& world) {
  const int64_t id = entry.Integer("shop_id", 1, kMaxId, std::nullopt);
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
    const JsonEntry order(orders[i], absl::StrCat(entry.name(), ".orders[", i, "]"));
    order.AllowOnly({"order_sn", "status", "age_seconds", "create_time", "packages", "events"});
    AddOrder(ReadOrder(order, *shop, world), *shop, world);
  }
}

}  // namespace

std::string LoadSeed(std::string_view json_text, World& world) {
  if (json_text.empty()) return "";
  if (json_text.size() > kMaxSeedBytes) return "longer than 256 MiB";
  boost::system::error_code error;
  const json::value root = json::parse(json_text, error);
  if (error) return "not valid JSON: " + error.message();
  try {
    const JsonEntry seed(root, "the seed");
    seed.AllowOnly({"shops"});
    const json::array& shops = seed.List("shops");
    for (std::size_t i = 0; i < shops.size(); ++i) {
      const JsonEntry shop(shops[i], absl::StrCat("shops[", i, "]"));
      shop.AllowOnly({"shop_id", "region", "access_token", "name", "linked", "banned", "first_mile",
                      "pre_declare", "orders"});
      AddShop(shop, world);
    }
  } catch (const WrongEntry& wrong) {
    return wrong.what();
  }
  return "";
}

}  // namespace emulator::world

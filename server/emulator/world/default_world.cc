#include "emulator/world/default_world.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "emulator/world/world_builder.h"

namespace emulator::world {
namespace {

constexpr int kListedNumbers = 35;   // of shop 600000, one for each of the last 35 days
constexpr int kListedBindings = 35;  // likewise
constexpr int kNumbersPerShop = 12;  // of every other shop
constexpr int kBindingsPerShop = 3;  // of every other shop in CN
constexpr int kOrdersToShip = 10;    // of the first ten shops
constexpr int kBigNumberOrders = 250;
constexpr int kBigBindingOrders = 35;
constexpr int kSpecialShopOrders = 5;
constexpr int64_t kDemoOrderTime = 1607932800;  // 2020-12-14 16:00 UTC+8

void AddDemoOrders(Builder& builder, int count) {
  for (int i = 0; i < std::min(count, 10); ++i) {
    builder.AddUnbound(absl::StrCat("241101", builder.shop_index(), "FMDEMO", i), i);
  }
}

// The unbound list of an ordinary shop.
void AddUnboundOrders(Builder& builder, int count) {
  const int named = builder.shop_index() < 10 ? std::min(count, 10) : 0;
  AddDemoOrders(builder, named);
  for (int i = named; i < count; ++i) builder.AddUnbound(builder.BulkSn('U', i), i);
}

void AddNamedOrders(Builder& builder) {
  const int64_t recent = builder.recent();
  const Row split = builder.AddOrder("2411010FMSPLIT", recent + 10, OrderStatus::kProcessed);
  builder.AddPackage(split, {.number = "OFG241101000000001", .tracking_number = "MY241101000001IT"});
  builder.AddPackage(split, {.number = "OFG241101000000002", .tracking_number = "MY241101000002IT"});
  const Row elsewhere = builder.AddOrder("2411010FMWHSE4", recent + 11, OrderStatus::kProcessed);
  builder.AddPackage(elsewhere, {.number = "OFG241101000000003",
                                 .tracking_number = "MY241101000003IT",
                                 .warehouse = FindWarehouse("ECP04")});
  const Row untracked = builder.AddOrder("2411010FMNOTRK", recent, OrderStatus::kProcessed);
  builder.AddPackage(untracked, {.number = "OFG241101000000004", .tracking_number = ""});
  const Row ready = builder.AddOrder("2411010FMREADY", recent, OrderStatus::kReadyToShip);
  builder.AddPackage(
      ready,
      {.number = "OFG241101000000005", .tracking_number = "", .logistics_status = LogisticsStatus::kReady});
  const Row picked = builder.AddOrder("2411010FMPICKD", recent, OrderStatus::kProcessed);
  builder.AddPackage(picked, {.number = "OFG241101000000006",
                              .tracking_number = "MY241101000006IT",
                              .logistics_status = LogisticsStatus::kPickupDone,
                              .picked_up = true});
  const Row pending = builder.AddOrder("2411010FMALLOC", recent, OrderStatus::kPending);
  builder.AddPackage(pending, {.number = "OFG241101000000007",
                               .tracking_number = "",
                               .logistics_status = LogisticsStatus::kNotStart});
  const Row cancelled = builder.AddOrder("2411010FMCANCL", recent, OrderStatus::kCancelled);
  builder.AddPackage(cancelled, {.number = "OFG241101000000008",
                                 .tracking_number = "MY241101000008IT",
                                 .logistics_status = LogisticsStatus::kInvalid});
}

// Orders that wait for ship_order; the last ones have names that make something rare happen.
void AddOrdersToShip(Builder& builder) {
  constexpr std::array kMagic = {"FMNONUM", "FMNOSHIP", "FMDOCFL", "FMNOSCAN"};
  std::vector<std::string> names;
  names.reserve(kOrdersToShip + kMagic.size());
  for (int i = 0; i < kOrdersToShip; ++i) {
    names.push_back(absl::StrCat("241101", builder.shop_index(), "FMSHIP", i));
  }
  for (const char* magic : kMagic) {
    names.push_back(absl::StrCat("241101", builder.shop_index(), magic));
  }
  const int64_t yesterday = StartOfDay(builder.world().Today() - 1);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Row order =
        builder.AddOrder(names[i], yesterday + static_cast<int64_t>(i), OrderStatus::kReadyToShip);
    Package package;
    package.number = absl::StrFormat("OFG2%04d%010d", builder.shop_index(), i);
    package.logistics_status = LogisticsStatus::kReady;
    builder.AddPackage(order, std::move(package));
  }
}

// Numbers with a fixed name, for every status rule.
void AddNamedNumbers(Builder& builder) {
  const Row order = builder.AddOrder("201214JASXYXY6", kDemoOrderTime, OrderStatus::kProcessed);
  const Row package =
      builder.AddPackage(order, {.number = "OFG877146678717210", .tracking_number = "MY200448706479IT"});
  builder.world().Bind(package, builder.AddNumber("CNF877146678717210312", *ParseDay("2021-03-12"),
                                                  ShipmentMethod::kPickup, FirstMileStatus::kNotAvailable));
  const Day day = *ParseDay("2024-11-01");
  const auto pickup = ShipmentMethod::kPickup;
  builder.AddLoadedNumber("CNF000000000001241101", day, pickup, FirstMileStatus::kPickedUp, 1);
  builder.AddLoadedNumber("CNF000000000002241101", day, pickup, FirstMileStatus::kDelivered, 1);
  builder.AddNumber("CNF000000000003241101", day, ShipmentMethod::kNone, FirstMileStatus::kNotAvailable);
  builder.AddLoadedNumber("CNF000000000004241101", day, ShipmentMethod::kSelfDeliver,
                          FirstMileStatus::kOrderReceived, 1);
  builder.AddNumber("CNF000000000005241101", day, ShipmentMethod::kNone, FirstMileStatus::kNotAvailable);
  builder.AddLoadedNumber("SFDEMO0000000250", day, ShipmentMethod::kDropoff, FirstMileStatus::kOrderReceived,
                          kBigNumberOrders);
}

void AddListedNumbers(Builder& builder) {
  for (int i = 0; i < kListedNumbers; ++i) {
    const Day day = builder.world().Today() - kListedNumbers + i;
    const std::string code = absl::StrFormat("CNF6000000000%02d%s", i, FormatShortDay(day));
    if (i == 4) {
      builder.AddNumber(code, day, ShipmentMethod::kNone, FirstMileStatus::kInit);
    } else if (i % 5 == 1) {
      builder.AddLoadedNumber(code, day, ShipmentMethod::kPickup, FirstMileStatus::kOrderReceived, 1);
    } else if (i % 5 == 2) {
      builder.AddLoadedNumber(code, day, ShipmentMethod::kPickup, FirstMileStatus::kPickedUp, 1);
    } else {
      builder.AddNumber(code, day, ShipmentMethod::kNone, FirstMileStatus::kNotAvailable);
    }
  }
}

void AddListedBindings(Builder& builder) {
  const Day first = builder.world().Today() - kListedBindings;
  builder.AddBinding("DCN600000000035AA", "SF1600000000035", first, kBigBindingOrders);
  builder.AddBinding("DCN600000000001TB", "SF1600000000001\t", first + 1, 1);
  builder.AddBinding("DCN600000000002BL", "", first + 2, 1);
  FirstMileNumber& cancelled = builder.AddBinding("DCN600000000003CX", "SF1600000000003", first + 3, 0);
  cancelled.status = FirstMileStatus::kCanceled;
  cancelled.cancel_reason = "The courier could not collect the parcels.";
  for (int i = 4; i < kListedBindings; ++i) {
    builder.AddBinding(absl::StrFormat("DCN6000000000%02dPU", i), absl::StrFormat("SF16000000000%02d", i),
                       first + i, 1);
  }
}

void BuildFirstShop(const Options& options, World& world, Shop& shop) {
  Builder builder(world, shop, 0);
  const int count = std::max(options.unbound_orders, kFewestUnboundOrders);
  AddDemoOrders(builder, 10);
  AddNamedOrders(builder);
  AddOrdersToShip(builder);
  builder.SetSpread(count);
  for (int i = kFewestUnboundOrders; i < count; ++i) builder.AddUnbound(builder.BulkSn('U', i), i);
  AddNamedNumbers(builder);
  AddListedNumbers(builder);
  AddListedBindings(builder);
  world.AddBooking(
      {"201201E81SYYKE", shop.id, "MY201201000001IT", LogisticsStatus::kRequestCreated, builder.recent()});
  world.AddBooking({"241101BKNOTRK0", shop.id, "", LogisticsStatus::kReady, builder.recent()});
}

void BuildOtherShop(const Options& options, World& world, Shop& shop, int index) {
  Builder builder(world, shop, index);
  builder.SetSpread(options.orders_per_shop);
  AddUnboundOrders(builder, options.orders_per_shop);
  if (index < 10) AddOrdersToShip(builder);
  const Day today = world.Today();
  for (int i = 1; i <= kNumbersPerShop; ++i) {
    builder.AddNumber(world.NewCode(shop.region, today - i), today - i, ShipmentMethod::kNone,
                      FirstMileStatus::kNotAvailable);
  }
  for (int i = 1; shop.region == Region::kCn && i <= kBindingsPerShop; ++i) {
    builder.AddBinding(world.NewBindingId(), absl::StrFormat("SF1%06d%06d", index, i), today - i, 1);
  }
}

std::string TokenOf(const Options& options, int64_t shop_id) {
  const auto it = options.access_tokens.find(shop_id);
  return it == options.access_tokens.end() ? DefaultAccessToken(shop_id) : it->second;
}

void BuildSpecialShops(const Options& options, World& world) {
  int index = 1200;  // beyond the shops whose order numbers could collide
  for (const int64_t id : {kShopWithoutFirstMile, kShopWithoutPreDeclare, kBannedShop, kUnlinkedShop}) {
    Shop& shop = world.AddShop(id, Region::kCn, TokenOf(options, id));
    shop.first_mile = id != kShopWithoutFirstMile;
    shop.pre_declare = id != kShopWithoutPreDeclare;
    shop.banned = id == kBannedShop;
    shop.linked = id != kUnlinkedShop;
    Builder builder(world, shop, index++);
    for (int i = 0; i < kSpecialShopOrders; ++i) builder.AddUnbound(builder.BulkSn('U', i), i);
  }
}

}  // namespace

void BuildDefaultWorld(const Options& options, World& world) {
  BuildFirstShop(options, world, world.AddShop(kFirstShopId, Region::kCn, TokenOf(options, kFirstShopId)));
  for (int i = 1; i <= options.extra_shops; ++i) {
    const int64_t id = kFirstShopId + i;
    const Region region = i % 5 == 4 ? Region::kKr : Region::kCn;
    BuildOtherShop(options, world, world.AddShop(id, region, TokenOf(options, id)), i);
  }
  BuildSpecialShops(options, world);
}

}  // namespace emulator::world

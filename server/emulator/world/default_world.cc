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

constexpr int kListedNumbers = 35;   // of shop 600000, one per day of the last 35
constexpr int kListedBindings = 35;  // likewise
constexpr int kNumbersPerShop = 12;  // of every other shop
constexpr int kBindingsPerShop = 3;  // of every other shop in CN
constexpr int kOrdersToShip = 10;    // of the first ten shops
constexpr int kBigNumberOrders = 250;
constexpr int kBigBindingOrders = 35;
constexpr int kSpecialShopOrders = 5;
constexpr int64_t kDemoOrderTime = 1607932800;    // 2020-12-14 16:00 UTC+8
constexpr int64_t kDemoBookingTime = 1606809600;  // 2020-12-01 16:00 UTC+8
constexpr int kBookingsToShip = 3;

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

// Orders that wait for ship_order; the last ones are special orders.
void AddOrdersToShip(Builder& builder) {
  constexpr std::array kSpecialEndings = {"FMNONUM", "FMNOSHIP", "FMDOCFL", "FMNOSCAN"};
  std::vector<std::string> names;
  names.reserve(kOrdersToShip + kSpecialEndings.size());
  for (int i = 0; i < kOrdersToShip; ++i) {
    names.push_back(absl::StrCat("241101", builder.shop_index(), "FMSHIP", i));
  }
  for (const char* ending : kSpecialEndings) {
    names.push_back(absl::StrCat("241101", builder.shop_index(), ending));
  }
  const int64_t yesterday = StartOfDay(builder.world().Today() - 1);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Row order =
        builder.AddOrder(names[i], yesterday + static_cast<int64_t>(i), OrderStatus::kReadyToShip);
    Package package;
    package.number = absl::StrFormat("OFG2%04d%010d", builder.shop_index(), i);
    package.logistics_status = LogisticsStatus::kReady;
    const Row serial = builder.world().package_count();
    package.items = {UsualItem(serial, 0), UsualItem(serial, 1)};
    package.items.back().quantity = 2;
    builder.AddPackage(order, std::move(package));
  }
}

// Orders whose pickup failed, and orders that the seller transports.
void AddOtherTransports(Builder& builder) {
  const Row retry = builder.AddOrder("2411010FMRETRY", builder.recent(), OrderStatus::kRetryShip);
  builder.AddPackage(retry, {.number = "OFG241101000000011",
                             .tracking_number = "MY241101000011IT",
                             .logistics_status = LogisticsStatus::kPickupRetry});
  const Row ready = builder.AddOrder("2411010FMSELLR", builder.recent(), OrderStatus::kReadyToShip);
  builder.AddPackage(
      ready,
      {.number = "OFG241101000000012", .tracking_number = "", .logistics_status = LogisticsStatus::kReady});
  const Row sent = builder.AddOrder("241101SFMSELLR", builder.recent(), OrderStatus::kProcessed);
  builder.AddPackage(sent, {.number = "OFG241101000000013", .tracking_number = ""});
}

// Orders whose buyers ask for a cancellation, before and after the shipment was arranged.
void AddOrdersToCancel(Builder& builder) {
  const Row ready = builder.AddOrder("2411010FMASKED0", builder.recent(), OrderStatus::kInCancel);
  builder.AddPackage(
      ready,
      {.number = "OFG241101000000009", .tracking_number = "", .logistics_status = LogisticsStatus::kReady});
  const Row shipped = builder.AddOrder("2411010FMASKED1", builder.recent(), OrderStatus::kInCancel);
  builder.AddPackage(shipped, {.number = "OFG241101000000010", .tracking_number = "MY241101000010IT"});
}

// An order whose split can be undone.
void AddSplitOrder(Builder& builder) {
  const Row order = builder.AddOrder("2411010FMPARTS", builder.recent(), OrderStatus::kReadyToShip);
  for (const char* number : {"OFG241101000000014", "OFG241101000000015"}) {
    builder.AddPackage(
        order, {.number = number, .tracking_number = "", .logistics_status = LogisticsStatus::kReady});
  }
}

// Numbers with fixed names, one for each status rule.
void AddNamedNumbers(Builder& builder) {
  const Row order = builder.AddOrder("201214JASXYXY6", kDemoOrderTime, OrderStatus::kProcessed);
  const Row package =
      builder.AddPackage(order, {.number = "OFG877146678717210", .tracking_number = "MY200448706479IT"});
  builder.world().Bind(package, builder.AddNumber("CNF877146678717210312", *ParseDay("2021-03-12"),
                                                  ShipmentMethod::kPickup, FirstMileStatus::kNotAvailable));
  const Day day = *ParseDay("2024-11-01");
  const auto pickup = ShipmentMethod::kPickup;
  builder.AddNumberWithOrders("CNF000000000001241101", day, pickup, FirstMileStatus::kPickedUp, 1);
  builder.AddNumberWithOrders("CNF000000000002241101", day, pickup, FirstMileStatus::kDelivered, 1);
  builder.AddNumber("CNF000000000003241101", day, ShipmentMethod::kNone, FirstMileStatus::kNotAvailable);
  builder.AddNumberWithOrders("CNF000000000004241101", day, ShipmentMethod::kSelfDeliver,
                              FirstMileStatus::kOrderReceived, 1);
  builder.AddNumber("CNF000000000005241101", day, ShipmentMethod::kNone, FirstMileStatus::kNotAvailable);
  builder.AddNumberWithOrders("SFDEMO0000000250", day, ShipmentMethod::kDropoff,
                              FirstMileStatus::kOrderReceived, kBigNumberOrders);
}

void AddListedNumbers(Builder& builder) {
  for (int i = 0; i < kListedNumbers; ++i) {
    const Day day = builder.world().Today() - kListedNumbers + i;
    const std::string code = absl::StrFormat("CNF6000000000%02d%s", i, FormatShortDay(day));
    if (i == 4) {
      builder.AddNumber(code, day, ShipmentMethod::kNone, FirstMileStatus::kInit);
    } else if (i % 5 == 1) {
      builder.AddNumberWithOrders(code, day, ShipmentMethod::kPickup, FirstMileStatus::kOrderReceived, 1);
    } else if (i % 5 == 2) {
      builder.AddNumberWithOrders(code, day, ShipmentMethod::kPickup, FirstMileStatus::kPickedUp, 1);
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

void AddBookings(Builder& builder, const Shop& shop) {
  World& world = builder.world();
  const int64_t yesterday = StartOfDay(world.Today() - 1);
  using enum BookingStatus;
  world.AddBooking({"201201E81SYYKE", shop.id, kProcessed, kDemoBookingTime, "MY201201000001IT"});
  world.AddBooking({"241101BKNOTRK0", shop.id, kReadyToShip, builder.recent()});
  for (int i = 0; i < kBookingsToShip; ++i) {
    world.AddBooking({absl::StrCat("241101BKSHIP0", i), shop.id, kReadyToShip, yesterday + i});
  }
  world.AddBooking({"241101BKDOCFL", shop.id, kProcessed, yesterday, "MY241101000010IT"});
  world.AddBooking({"241101BKCANCL", shop.id, kCancelled, yesterday});
  Booking printed{"241101BKPRINT", shop.id, kProcessed, yesterday, "MY241101000011IT"};
  printed.document = Document{.type = "NORMAL_AIR_WAYBILL", .state = DocumentState::kReady};
  world.AddBooking(std::move(printed));
}

// An air waybill and a label job whose files can be downloaded.
void AddFinishedDocuments(World& world, const Shop& shop) {
  const Order* order = world.FindOrder("2411010FMDEMO9");
  world.lifecycle().SetDocument(order->packages[0],
                                {.type = "NORMAL_AIR_WAYBILL", .state = DocumentState::kReady});
  world.document_jobs().Add({.id = "",
                             .shop_id = shop.id,
                             .labels = {world.package(order->packages[0]).number},
                             .ready_at = world.Now(),
                             .expires_at = world.Now() + kSecondsPerDay,
                             .fails = false});
}

void BuildFirstShop(const Options& options, World& world, Shop& shop) {
  Builder builder(world, shop, 0);
  const int count = std::max(options.unbound_orders, kMinUnboundOrders);
  AddDemoOrders(builder, 10);
  AddNamedOrders(builder);
  AddOrdersToShip(builder);
  builder.SetSpread(count);
  for (int i = kMinUnboundOrders; i < count; ++i) builder.AddUnbound(builder.BulkSn('U', i), i);
  AddNamedNumbers(builder);
  AddListedNumbers(builder);
  AddListedBindings(builder);
  AddOtherTransports(builder);
  AddOrdersToCancel(builder);
  AddSplitOrder(builder);
  AddBookings(builder, shop);
  AddFinishedDocuments(world, shop);
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
  int index = 1200;  // above the indices of the ordinary shops, so that order numbers do not collide
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

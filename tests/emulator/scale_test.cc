// The first page of a list costs about the same with a million orders as with ten thousand.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/routes.h"
#include "emulator/control/state_pages.h"
#include "emulator/engine/engine.h"

namespace emulator_test {
namespace {

using emulator::World;
using Seconds = std::chrono::duration<double>;

#ifdef SANITIZED
constexpr bool kSanitized = true;  // slower and larger, so a smaller world suffices
#else
constexpr bool kSanitized = false;
#endif
constexpr int kFewOrders = 10'000;
constexpr int kManyOrders = kSanitized ? 200'000 : 1'000'000;
constexpr int kOtherShops = 499;
constexpr int64_t kShop = emulator::kFirstShopId;
constexpr int kOrdersPerNumber = 50;
constexpr std::size_t kFullestNumber = 10'000;
constexpr double kMaxGrowth = 3;       // of a page's cost, with a hundred times the orders
constexpr double kMaxBuildGrowth = 8;  // of an order's cost; it would be 100 if each order searched a list
constexpr std::size_t kMaxBytes = std::size_t{1} << 30;
constexpr int kMeasurements = 40;

// CPU time of this thread, so that other programs do not count.
Seconds Used() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

Seconds Timed(const std::function<void()>& work) {
  const Seconds start = Used();
  work();
  return Used() - start;
}

// The minimum of several runs, since other work on the machine only adds to it.
Seconds CostOf(const std::function<void()>& work) {
  Seconds least = Timed(work);
  for (int i = 1; i < kMeasurements; ++i) least = std::min(least, Timed(work));
  return least;
}

std::size_t ResidentBytes() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// Half of the orders are those of shop 600000, which also has numbers and bindings in proportion.
class EngineUnderTest {
 public:
  explicit EngineUnderTest(int orders) : engine_(OptionsFor(orders)) {
    engine_.WithWorld([orders](World& world) {
      AddOrdersToShip(world, orders / 4);
      AddNumbers(world, orders / kOrdersPerNumber);
      FillNumber(world, static_cast<std::size_t>(orders / 8));
    });
  }

  emulator::engine::Engine& engine() { return engine_; }

  // Fails the test if the call is refused or its list does not have `rows` rows.
  Seconds CostOfPage(const std::string& path, const emulator::http::Pairs& query, const std::string& body,
                     const std::string& list, std::size_t rows) {
    const emulator::api::Route& route = *emulator::api::FindRoute(path);
    emulator::http::Request request;
    request.verb = route.verb;
    request.path = path;
    request.query = query;
    request.content_type = "application/json";
    request.body = body;
    Seconds cost{};
    engine_.WithWorld([&](World& world) {
      const emulator::api::Caller caller{.shop = world.FindShop(kShop)};
      const emulator::api::Reply reply = emulator::api::Run(route, request, world, caller);
      EXPECT_EQ(reply.error, "") << path << ": " << reply.message;
      ASSERT_TRUE(reply.response.has_value());
      EXPECT_EQ(reply.response->at(list).as_array().size(), rows) << path;
      cost = CostOf([&] { emulator::api::Run(route, request, world, caller); });
    });
    return cost;
  }

 private:
  static emulator::Options OptionsFor(int orders) {
    emulator::Options options;
    options.extra_shops = kOtherShops;
    options.unbound_orders = orders / 4;
    options.orders_per_shop = orders / 2 / kOtherShops;
    return options;
  }

  static void AddOrdersToShip(World& world, int count) {
    for (int i = 0; i < count; ++i) {
      const std::string serial = std::to_string(i);
      const emulator::Row order = world.AddOrder(kShop, "SCALE" + serial, world.Now() - 86400 - i,
                                                 emulator::OrderStatus::kReadyToShip);
      world.AddPackage(order, {.number = "OFGSCALE" + serial,
                               .tracking_number = "",
                               .warehouse = emulator::FindWarehouse("ECP03"),
                               .logistics_status = emulator::LogisticsStatus::kReady});
    }
  }

  static void AddNumbers(World& world, int count) {
    for (int i = 0; i < count; ++i) {
      emulator::FirstMileNumber number;
      number.owner_shop = kShop;
      number.declare_day = world.Today() - i % 180;
      number.create_time = emulator::StartOfDay(number.declare_day);
      number.code = world.NewCode(number.region, number.declare_day);
      if (i % 2 == 0) number.binding_id = world.NewBindingId();
      world.AddNumber(std::move(number));
    }
  }

  // CNF000000000003241101 gets the newest unbound packages of the shop.
  static void FillNumber(World& world, std::size_t most) {
    std::vector<emulator::Row> packages;
    const emulator::ListIndex& unbound = world.FindShop(kShop)->unbound;
    const std::size_t count = std::min(most, kFullestNumber);
    for (auto it = unbound.rbegin(); packages.size() < count; ++it) packages.push_back(it->second);
    const emulator::Row number = world.RowOf(*world.FindNumber("CNF000000000003241101"));
    for (const emulator::Row package : packages) world.Bind(package, number);
  }

  emulator::engine::Engine engine_;
};

std::string DayBefore(EngineUnderTest& world, int days) {
  return emulator::FormatDay(emulator::DayOf(world.engine().Now()) - days);
}

class Scale : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const Seconds few = Timed([] { few_ = std::make_unique<EngineUnderTest>(kFewOrders); });
    const std::size_t before = ResidentBytes();
    const Seconds many = Timed([] { many_ = std::make_unique<EngineUnderTest>(kManyOrders); });
    build_growth_ = many / few * kFewOrders / kManyOrders;
    bytes_ = ResidentBytes() - before;
  }
  static void TearDownTestSuite() {
    few_.reset();
    many_.reset();
  }

  using Query = std::function<emulator::http::Pairs(EngineUnderTest&)>;

  static void ExpectFlat(const std::string& path, const std::string& list, std::size_t rows,
                         const Query& query,
                         const std::function<std::string(EngineUnderTest&)>& body = nullptr) {
    const auto cost = [&](EngineUnderTest& world) {
      return world.CostOfPage(path, query(world), body ? body(world) : "", list, rows);
    };
    ExpectFlat(path, cost(*few_), cost(*many_));
  }

  static void ExpectFlat(const std::string& what, Seconds few, Seconds many) {
    std::printf("%-70s %7.1f us %7.1f us\n", what.c_str(), few.count() * 1e6, many.count() * 1e6);
    EXPECT_LE(many / few, kMaxGrowth) << what;
  }

  static std::unique_ptr<EngineUnderTest> few_;
  static std::unique_ptr<EngineUnderTest> many_;
  static double build_growth_;
  static std::size_t bytes_;
};

std::unique_ptr<EngineUnderTest> Scale::few_;
std::unique_ptr<EngineUnderTest> Scale::many_;
double Scale::build_growth_ = 0;
std::size_t Scale::bytes_ = 0;

TEST_F(Scale, BuildingTheWorldIsLinear) {
  std::printf("an order costs %.2f times as much among %d\n", build_growth_, kManyOrders);
  EXPECT_LE(build_growth_, kMaxBuildGrowth);
}

TEST_F(Scale, AMillionOrdersFitIntoAGibibyte) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer needs more";
  std::printf("%d orders: %zu MiB\n", kManyOrders, bytes_ >> 20);
  EXPECT_LT(bytes_, kMaxBytes);
}

TEST_F(Scale, OrdersOfAWindow) {
  for (const std::string status : {"", "PROCESSED", "READY_TO_SHIP"}) {
    ExpectFlat("/api/v2/order/get_order_list", "order_list", 100, [&status](EngineUnderTest& world) {
      const int64_t now = world.engine().Now();
      return emulator::http::Pairs{{"time_range_field", "create_time"},
                                   {"time_from", std::to_string(now - 14 * 86400)},
                                   {"time_to", std::to_string(now)},
                                   {"page_size", "100"},
                                   {"order_status", status},
                                   {"request_order_status_pending", "true"}};
    });
  }
}

TEST_F(Scale, OrdersToShip) {
  ExpectFlat("/api/v2/order/get_shipment_list", "order_list", 100,
             [](EngineUnderTest&) { return emulator::http::Pairs{{"page_size", "100"}}; });
}

TEST_F(Scale, UnboundOrders) {
  ExpectFlat("/api/v2/first_mile/get_unbind_order_list", "order_list", 100, [](EngineUnderTest&) {
    return emulator::http::Pairs{{"page_size", "100"}, {"response_optional_fields", "package_number"}};
  });
}

TEST_F(Scale, Numbers) {
  ExpectFlat("/api/v2/first_mile/get_tracking_number_list", "first_mile_tracking_number_list", 50,
             [](EngineUnderTest& world) {
               return emulator::http::Pairs{{"page_size", "50"},
                                            {"from_date", DayBefore(world, 150)},
                                            {"to_date", DayBefore(world, 0)}};
             });
}

TEST_F(Scale, CourierBindings) {
  ExpectFlat(
      "/api/v2/first_mile/get_courier_delivery_tracking_number_list", "tracking_number_list", 50,
      [](EngineUnderTest&) { return emulator::http::Pairs(); },
      [](EngineUnderTest& world) {
        return R"({"page_size":50,"from_date":")" + DayBefore(world, 150) + R"(","to_date":")" +
               DayBefore(world, 0) + "\"}";
      });
}

TEST_F(Scale, OrdersOnAFullNumber) {
  ExpectFlat("/api/v2/first_mile/get_detail", "order_list", 100, [](EngineUnderTest&) {
    return emulator::http::Pairs{{"first_mile_tracking_number", "CNF000000000003241101"}};
  });
}

TEST_F(Scale, TheStatePage) {
  const auto cost = [](EngineUnderTest& world) {
    return CostOf([&world] { emulator::control::ShowState(world.engine()); });
  };
  ExpectFlat("/_emulator/state", cost(*few_), cost(*many_));
}

TEST_F(Scale, TheShopPage) {
  emulator::http::Request request;
  request.query = {{"shop_id", std::to_string(kShop)}};
  const auto cost = [&request](EngineUnderTest& world) {
    return CostOf([&] { emulator::control::ShowShop(world.engine(), request); });
  };
  ExpectFlat("/_emulator/shop", cost(*few_), cost(*many_));
}

}  // namespace
}  // namespace emulator_test

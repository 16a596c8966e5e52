// Many concurrent sellers and an emulator with every fault, for EMULATOR_SOAK_SECONDS: the state is
// consistent after every round, and memory does not grow.
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "emulator/world/state_check.h"
#include "emulator/world/world.h"
#include "seller.h"

namespace emulator_test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

#ifdef SANITIZED
constexpr bool kSanitized = true;  // the sanitizer keeps freed memory
#else
constexpr bool kSanitized = false;
#endif
constexpr int kSellers = 16;
constexpr int kThreads = 2;
constexpr int kOrdersPerShop = 200;
constexpr int kOrdersToShip = 100;
constexpr double kFaultProbability = 0.01;         // of each preset
constexpr std::chrono::milliseconds kMaxDelay{2};  // of the faults that delay an answer
constexpr std::size_t kSlowPart = 200;             // bytes per part of a slow answer, and of a truncated one
constexpr auto kRound = 2s;
constexpr auto kTick = 100ms;  // between two advances of Shopee's clock, each up to an hour
constexpr auto kQuietTime = 20s;
constexpr double kMaxGrowth = 1.05;  // of the memory, from the middle of the run to its end
constexpr std::size_t kSlackBytes = std::size_t{8} << 20;

std::chrono::seconds Duration() {
  const char* text = std::getenv("EMULATOR_SOAK_SECONDS");
  return std::chrono::seconds(text == nullptr ? 20 : std::atoi(text));
}

std::size_t ResidentBytes() {
  malloc_trim(0);  // returns freed memory to the system
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// Orders that wait for ship_order, in every shop.
std::string SeedOfOrdersToShip() {
  boost::json::array shops;
  for (int shop = 0; shop < kSoakShops; ++shop) {
    boost::json::array orders;
    for (int i = 0; i < kOrdersToShip; ++i) {
      const std::string name = "SOAK" + std::to_string(shop) + "N" + std::to_string(i);
      orders.push_back({{"order_sn", name},
                        {"status", "READY_TO_SHIP"},
                        {"age_seconds", 3600 + i},
                        {"packages",
                         {{{"package_number", "P" + name},
                           {"tracking_number", ""},
                           {"logistics_status", "LOGISTICS_READY"}}}}});
    }
    shops.push_back({{"shop_id", emulator::kFirstShopId + shop}, {"orders", std::move(orders)}});
  }
  return boost::json::serialize(boost::json::object{{"shops", std::move(shops)}});
}

emulator::Options SoakOptions() {
  emulator::Options options;
  options.threads = kThreads;
  options.extra_shops = kSoakShops - 1;
  options.unbound_orders = kOrdersPerShop;
  options.orders_per_shop = kOrdersPerShop;
  options.seed_json = SeedOfOrdersToShip();
  return options;
}

class Soak : public testing::Test {
 protected:
  Soak() : emulator_(SoakOptions()) {
    for (const std::string& name : emulator::PresetNames()) {
      if (name == "silent") continue;  // its calls would wait for ever
      emulator::Fault fault = *emulator::PresetFault(name);
      fault.probability = kFaultProbability;
      fault.delay = std::min(fault.delay, kMaxDelay);
      fault.bytes = kSlowPart;
      emulator_.SetFault(fault);
    }
    EXPECT_EQ(Control("snapshot").status, 200);
  }

  HttpReply Control(const std::string& page) {
    return Connection(emulator_.port()).Send("POST", "/_emulator/" + page, "{}");
  }

  void RunRound(std::chrono::nanoseconds time, uint64_t seed) {
    std::atomic<bool> over{false};
    std::vector<std::thread> sellers;
    for (uint64_t i = 0; i < kSellers; ++i) {
      sellers.emplace_back([this, &over, seed, i] {
        Seller seller(emulator_, tokens_, tally_, seed * kSellers + i);
        while (!over) seller.ActOnce();
      });
    }
    std::mt19937_64 random(seed);
    for (const auto end = Clock::now() + time; Clock::now() < end;) {
      std::this_thread::sleep_for(kTick);  // the pace of the clock; nothing is synchronized by it
      emulator_.AdvanceClock(std::chrono::seconds(random() % 3600));
    }
    over = true;
    for (std::thread& seller : sellers) seller.join();
  }

  bool BecomesQuiet() {
    for (const auto end = Clock::now() + kQuietTime; Clock::now() < end; std::this_thread::sleep_for(1ms)) {
      const emulator::Counters counters = emulator_.counters();
      if (counters.in_flight == 0 && counters.connections == 0) return true;
    }
    return false;
  }

  void CheckTokens(int64_t shop) {
    const emulator::TokenState state = emulator_.ShopTokens(shop);
    const std::set<std::string> spent(state.spent_refresh_tokens.begin(), state.spent_refresh_tokens.end());
    EXPECT_EQ(spent.size(), state.spent_refresh_tokens.size()) << shop << ": a token was spent twice";
    EXPECT_FALSE(spent.contains(state.refresh_token)) << shop << ": a spent token works again";
    EXPECT_GE(state.refreshes, static_cast<uint64_t>(tokens_.refreshes(shop))) << shop;
  }

  void CheckRound() {
    EXPECT_TRUE(BecomesQuiet()) << "calls or connections remain";
    emulator_.WithWorld(
        [](emulator::World& world) { EXPECT_EQ(emulator::world::FindBrokenRule(world), ""); });
    EXPECT_TRUE(tokens_.spent_twice().empty()) << tokens_.spent_twice()[0] << " was accepted twice";
    for (int i = 0; i < kSoakShops; ++i) CheckTokens(emulator::kFirstShopId + i);
  }

  // Restores the initial world, which would otherwise grow without limit.
  void StartOver() {
    ASSERT_EQ(Control("restore").status, 200);
    tokens_.Restart();
  }

  void Report(std::chrono::seconds time, const std::vector<std::size_t>& memory) const {
    std::printf(
        "%lld s, %zu rounds, %llu calls (%lld/s), %llu unanswered, %llu refused\n",
        static_cast<long long>(time.count()), memory.size(), static_cast<unsigned long long>(tally_.calls),
        static_cast<long long>(tally_.calls) / static_cast<long long>(time.count()),
        static_cast<unsigned long long>(tally_.unanswered), static_cast<unsigned long long>(tally_.refused));
    for (std::size_t i = 0; i < kActionNames.size(); ++i) {
      std::printf("%s %llu  ", std::string(kActionNames[i]).c_str(),
                  static_cast<unsigned long long>(tally_.done[i]));
    }
    std::printf("\nmemory: first round %zu MiB, middle %zu MiB, end %zu MiB\n", memory.front() >> 20,
                memory[memory.size() / 2] >> 20, memory.back() >> 20);
  }

  emulator::Emulator emulator_;
  SharedTokens tokens_;
  Tally tally_;
};

TEST_F(Soak, StateStaysConsistentAndMemoryDoesNotGrow) {
  const auto time = Duration();
  ASSERT_GE(time, 3 * kRound);
  std::vector<std::size_t> memory;
  const auto end = Clock::now() + time;
  for (uint64_t round = 1; Clock::now() < end && !HasFailure(); ++round) {
    RunRound(kRound, round);
    CheckRound();
    StartOver();
    memory.push_back(ResidentBytes());
  }
  Report(time, memory);
  for (std::size_t i = 0; i < kActionNames.size(); ++i) EXPECT_GT(tally_.done[i], 0U) << kActionNames[i];
  if (kSanitized) return;
  const auto middle = static_cast<double>(memory[memory.size() / 2]);
  EXPECT_LE(static_cast<double>(memory.back()), middle * kMaxGrowth + static_cast<double>(kSlackBytes));
}

}  // namespace
}  // namespace emulator_test

// A thousand shops that nobody uses for forty days, in front of the emulator: every one works afterwards.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "emulator/emulator.h"
#include "tokens/custody_fixture.h"
#include "tokens/keeper.h"
#include "transport/curl_transport.h"

namespace firstmile::testing {
namespace {

constexpr int kShops = 1000;
constexpr int kDays = 40;
constexpr absl::Duration kStep = absl::Milliseconds(250);
constexpr int kRefreshesPerSecondMax = 3;

class CustodyIdleTest : public CustodyTest {
 protected:
  CustodyIdleTest() {
    transport::CurlTransportOptions options;
    options.allow_plain_http = true;
    transport_ = std::make_unique<transport::CurlTransport>(loop_, options);
    tokens::CustodySettings settings;
    settings.auth.base_url = upstream_.base_url();
    auto store = std::make_unique<FaultStore>(&store_);
    custody_ = std::make_unique<tokens::Custody>(std::move(store), TestKeys(), settings, events_, signer_);
    custodian_ = std::make_unique<tokens::Custodian>(custody_->context(), loop_, *transport_);
    keeper_ = std::make_unique<tokens::Keeper>(custody_->context(), options_, *custodian_,
                                               [](tokens::Subject) { return true; });
  }
  void TearDown() override {
    RunOnLoop(loop_, Closed());
    loop_.Stop();
  }

  static emulator::Options UpstreamOptions(const ManualClock& clock) {
    emulator::Options options;
    options.extra_shops = kShops;
    options.orders_per_shop = 0;
    options.now = [&clock] { return absl::ToUnixSeconds(clock.Now()); };
    options.journal_length = 100'000;
    return options;
  }

  async::Task<bool> Closed() {
    co_await custodian_->Close();
    co_return true;
  }
  async::Task<bool> Swept() {
    co_await keeper_->Sweep({});
    co_return true;
  }
  bool Renewing() const {
    return events_.Count(tokens::Transition::kRefreshStarted) !=
           events_.Count(tokens::Transition::kRefreshed);
  }
  // Waits until nothing is left to do that needs neither time nor the upstream.
  void Settled() {
    SettleCustody(loop_, custody_->context().store, [] { return 0U; });
  }
  void Pass(absl::Duration time) {
    clock_.Advance(time);
    Settled();
  }

  // Authorized together, by the first pair that the emulator gives to each.
  void Import() {
    for (int i = 0; i < kShops; ++i) {
      const emulator::TokenState state = upstream_.ShopTokens(emulator::kFirstShopId + i);
      tokens::TokenRecord record = Pair();
      record.subject = tokens::Shop(emulator::kFirstShopId + i);
      record.pair = {secrets::Secret(state.access_token), secrets::Secret(state.refresh_token)};
      ASSERT_TRUE(ledger_.Put(record).ok());
    }
  }

  std::map<std::int64_t, int> RefreshesBySecond() const {
    std::map<std::int64_t, int> counts;
    for (const emulator::RequestRecord& request : upstream_.Journal()) {
      if (request.path == "/api/v2/auth/access_token/get") ++counts[request.time];
    }
    return counts;
  }

  emulator::Emulator upstream_{UpstreamOptions(clock_)};
  EventRecorder events_;
  const signing::Signer signer_{emulator::kDemoPartnerId, secrets::Secret(emulator::kDemoPartnerKey)};
  transport::EventLoop loop_{clock_, "idle"};
  std::unique_ptr<transport::CurlTransport> transport_;
  std::unique_ptr<tokens::Custody> custody_;
  std::unique_ptr<tokens::Custodian> custodian_;
  const tokens::KeeperOptions options_;
  std::unique_ptr<tokens::Keeper> keeper_;
};

TEST_F(CustodyIdleTest, AThousandShopsOutliveFortyDaysWithoutACall) {
  Import();
  const absl::Time end = clock_.Now() + absl::Hours(24 * kDays);
  while (clock_.Now() < end) {
    while (Renewing()) Settled();
    Pass(absl::Hours(1));
    std::future<bool> swept = StartOnLoop(loop_, Swept());
    Settled();
    while (swept.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      // Time stands still while a request is under way: the upstream's counts by second mean something.
      if (Renewing()) {
        Settled();
      } else {
        Pass(kStep);
      }
    }
  }
  const auto idle = RefreshesBySecond();
  int refreshes = 0;
  for (const auto& [second, count] : idle) {
    refreshes += count;
    EXPECT_LE(count, kRefreshesPerSecondMax) << second;
  }
  EXPECT_GE(refreshes, kShops);
  EXPECT_LE(refreshes, 3 * kShops);

  for (int i = 0; i < kShops; ++i) {
    const std::int64_t shop = emulator::kFirstShopId + i;
    const tokens::TokenAnswer answer = RunOnLoop(loop_, custodian_->Get(shop, {}));
    const emulator::TokenState state = upstream_.ShopTokens(shop);
    ASSERT_EQ(TokenOf(answer), state.access_token);
    ASSERT_GT(state.access_expires_at, upstream_.Now());
    ASSERT_GT(state.refreshes, 1U);  // at least one while it was idle, and the one for this call
    ASSERT_EQ(state.lost_refreshes + state.other_failed_refreshes, 0U);
  }
  std::printf("%d refreshes in %d idle days, at most %d in one second\n", refreshes, kDays,
              std::max_element(idle.begin(), idle.end(), [](const auto& a, const auto& b) {
                return a.second < b.second;
              })->second);
}

}  // namespace
}  // namespace firstmile::testing

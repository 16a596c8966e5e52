// A thousand shops without a call for forty days, in front of the emulator: every one works afterwards.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "emulator/emulator.h"
#include "tokens/refresh_scheduler.h"
#include "tokens/token_fixture.h"
#include "transport/curl_transport.h"

namespace firstmile::testing {
namespace {

constexpr int kShops = 1000;
constexpr int kDays = 40;
constexpr absl::Duration kStep = absl::Milliseconds(250);
constexpr int kRefreshesPerSecondMax = 3;

class IdleTokensTest : public StoredTokensTest {
 protected:
  IdleTokensTest() {
    transport::CurlTransportOptions options;
    options.allow_plain_http = true;
    transport_ = std::make_unique<transport::CurlTransport>(loop_, options);
    tokens::TokenSettings settings;
    settings.auth.base_url = upstream_.base_url();
    auto store = std::make_unique<FaultStore>(&store_);
    tokens_ =
        std::make_unique<tokens::TokenBackend>(std::move(store), TestKeys(), settings, events_, signer_);
    token_manager_ = std::make_unique<tokens::TokenManager>(tokens_->context(), loop_, *transport_);
    refresh_scheduler_ = std::make_unique<tokens::RefreshScheduler>(
        tokens_->context(), options_, *token_manager_, [](tokens::Subject) { return true; });
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
    co_await token_manager_->Close();
    co_return true;
  }
  async::Task<bool> Swept() {
    co_await refresh_scheduler_->ScanStore({});
    co_return true;
  }
  bool Renewing() const {
    return events_.Count(tokens::TokenEvent::kRefreshStarted) !=
           events_.Count(tokens::TokenEvent::kRefreshed);
  }
  // Waits until all pending work needs time or the upstream.
  void Settled() {
    SettleTokens(loop_, tokens_->context().store, [] { return 0U; });
  }
  void Pass(absl::Duration time) {
    clock_.Advance(time);
    Settled();
  }

  // Imports all pairs at the same time, the first that the emulator issues to each shop.
  void Import() {
    for (int i = 0; i < kShops; ++i) {
      const emulator::TokenState state = upstream_.ShopTokens(emulator::kFirstShopId + i);
      tokens::TokenRecord record = Pair();
      record.subject = tokens::Shop(emulator::kFirstShopId + i);
      record.pair = {secrets::Secret(state.access_token), secrets::Secret(state.refresh_token)};
      ASSERT_TRUE(repository_.Put(record).ok());
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
  std::unique_ptr<tokens::TokenBackend> tokens_;
  std::unique_ptr<tokens::TokenManager> token_manager_;
  const tokens::RefreshSchedulerOptions options_;
  std::unique_ptr<tokens::RefreshScheduler> refresh_scheduler_;
};

TEST_F(IdleTokensTest, AThousandShopsOutliveFortyDaysWithoutACall) {
  Import();
  const absl::Time end = clock_.Now() + absl::Hours(24 * kDays);
  while (clock_.Now() < end) {
    while (Renewing()) Settled();
    Pass(absl::Hours(1));
    std::future<bool> swept = StartOnLoop(loop_, Swept());
    Settled();
    while (swept.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      // Time does not advance during a request, so that the upstream's counts per second are meaningful.
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
    const tokens::TokenAnswer answer = RunOnLoop(loop_, token_manager_->Get(tokens::Shop(shop), {}));
    const emulator::TokenState state = upstream_.ShopTokens(shop);
    ASSERT_EQ(TokenOf(answer), state.access_token);
    ASSERT_GT(state.access_expires_at, upstream_.Now());
    ASSERT_GT(state.refreshes, 1U);  // at least one while idle, and the one for this call
    ASSERT_EQ(state.lost_refreshes + state.other_failed_refreshes, 0U);
  }
  std::printf("%d refreshes in %d idle days, at most %d in one second\n", refreshes, kDays,
              std::max_element(idle.begin(), idle.end(), [](const auto& a, const auto& b) {
                return a.second < b.second;
              })->second);
}

}  // namespace
}  // namespace firstmile::testing

// The rate limit: first the limiter alone with scripted times, then over HTTP.
#include "emulator/gateway/rate_limiter.h"

#include <chrono>
#include <set>

#include "fixture.h"
#include "token_client.h"

namespace emulator_test {
namespace {

namespace json = boost::json;
using emulator::RateLimit;
using emulator::auth::MerchantSubject;
using emulator::auth::ShopSubject;
using emulator::auth::SubjectKind;
using emulator::gateway::RateLimiter;
using std::chrono::milliseconds;

const std::string kChannels = kFirstMile + "get_channel_list";
const std::string kDetail = kFirstMile + "get_detail";
constexpr char kRefusal[] = "error_rate_limit";

class RateLimiterTest : public testing::Test {
 protected:
  // How many of `calls` are accepted at that time.
  static int Admitted(RateLimiter& limiter, int calls, milliseconds at, int64_t shop = 1,
                      const std::string& path = kChannels) {
    int admitted = 0;
    for (int i = 0; i < calls; ++i)
      admitted += limiter.Admit(ShopSubject(shop), path, RateLimiter::Time(at)) ? 1 : 0;
    return admitted;
  }
};

TEST_F(RateLimiterTest, WithoutALimitEveryCallPassesUncounted) {
  RateLimiter limiter({});
  EXPECT_EQ(Admitted(limiter, 1000, milliseconds(0)), 1000);
  EXPECT_TRUE(limiter.Counts(SubjectKind::kShop).empty());
}

TEST_F(RateLimiterTest, AFixedWindowRestartsAtEachWholeSecond) {
  RateLimiter limiter({.per_second = 10});
  EXPECT_EQ(Admitted(limiter, 15, milliseconds(5999)), 10);
  EXPECT_EQ(Admitted(limiter, 15, milliseconds(6000)), 10)
      << "the same calls 1 ms later are in another second";
  EXPECT_EQ(Admitted(limiter, 1, milliseconds(6999)), 0);
}

TEST_F(RateLimiterTest, ASlidingWindowNeverExceedsTheLimit) {
  RateLimiter limiter({.per_second = 10, .window = RateLimit::Window::kSliding});
  std::multiset<milliseconds> admitted;
  for (milliseconds at(5000); at < milliseconds(9000); at += milliseconds(7)) {
    if (limiter.Admit(ShopSubject(1), kChannels, RateLimiter::Time(at))) admitted.insert(at);
  }
  for (const milliseconds first : admitted) {
    const auto within =
        std::distance(admitted.lower_bound(first), admitted.lower_bound(first + milliseconds(1000)));
    EXPECT_LE(within, 10) << "in the second that begins at " << first.count();
  }
  EXPECT_GE(admitted.size(), 39U) << "ten in each of four seconds, less a hundredth of each";
}

TEST_F(RateLimiterTest, AMerchantAndAShopWithTheSameIdHaveSeparateLimits) {
  RateLimiter limiter({.per_second = 1});
  const RateLimiter::Time now(milliseconds(5000));
  EXPECT_TRUE(limiter.Admit(ShopSubject(7), kChannels, now));
  EXPECT_FALSE(limiter.Admit(ShopSubject(7), kChannels, now));
  EXPECT_TRUE(limiter.Admit(MerchantSubject(7), kChannels, now));
  EXPECT_FALSE(limiter.Admit(MerchantSubject(7), kChannels, now));
  EXPECT_EQ(limiter.Counts(SubjectKind::kShop).at(7).refused, 1U);
  EXPECT_EQ(limiter.Counts(SubjectKind::kMerchant).at(7).refused, 1U);
}

TEST_F(RateLimiterTest, ALimitOfAMerchantAppliesToThatMerchantOnly) {
  RateLimiter limiter({});
  ASSERT_EQ(limiter.Set({.per_second = 1, .merchant_id = 7}), "");
  EXPECT_NE(limiter.Set({.per_second = 1, .shop_id = 7, .merchant_id = 7}), "");
  const RateLimiter::Time now(milliseconds(5000));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(limiter.Admit(ShopSubject(7), kChannels, now));
    EXPECT_TRUE(limiter.Admit(MerchantSubject(8), kChannels, now));
    EXPECT_EQ(limiter.Admit(MerchantSubject(7), kChannels, now), i == 0);
  }
}

TEST_F(RateLimiterTest, ARefusedCallDoesNotUseUpTheLimit) {
  RateLimiter limiter({.per_second = 2, .window = RateLimit::Window::kSliding});
  EXPECT_EQ(Admitted(limiter, 2, milliseconds(5000)), 2);
  EXPECT_EQ(Admitted(limiter, 100, milliseconds(5900)), 0);
  EXPECT_EQ(Admitted(limiter, 3, milliseconds(6010)), 2);
}

TEST_F(RateLimiterTest, EachShopHasASeparateLimit) {
  RateLimiter limiter({.per_second = 3});
  EXPECT_EQ(Admitted(limiter, 5, milliseconds(0), 1), 3);
  EXPECT_EQ(Admitted(limiter, 5, milliseconds(0), 2), 3);
  EXPECT_EQ(limiter.Counts(SubjectKind::kShop).at(1).accepted, 3U);
  EXPECT_EQ(limiter.Counts(SubjectKind::kShop).at(1).refused, 2U);
}

TEST_F(RateLimiterTest, PathsShareTheLimitUnlessItIsPerPath) {
  RateLimiter together({.per_second = 3});
  EXPECT_EQ(Admitted(together, 5, milliseconds(0), 1, kChannels), 3);
  EXPECT_EQ(Admitted(together, 5, milliseconds(0), 1, kDetail), 0);
  RateLimiter each({.per_second = 3, .path = emulator::kEachPath});
  EXPECT_EQ(Admitted(each, 5, milliseconds(0), 1, kChannels), 3);
  EXPECT_EQ(Admitted(each, 5, milliseconds(0), 1, kDetail), 3);
}

TEST_F(RateLimiterTest, AShopsLimitTakesPrecedenceOverAPathsAndThatOverTheGeneralOne) {
  RateLimiter limiter({.per_second = 5});
  limiter.Set({.per_second = 4, .path = kDetail});
  limiter.Set({.per_second = 3, .shop_id = 2});
  limiter.Set({.per_second = 2, .shop_id = 2, .path = kDetail});
  EXPECT_EQ(Admitted(limiter, 9, milliseconds(0), 1, kChannels), 5);
  EXPECT_EQ(Admitted(limiter, 9, milliseconds(0), 1, kDetail), 4);
  EXPECT_EQ(Admitted(limiter, 9, milliseconds(0), 2, kChannels), 3);
  EXPECT_EQ(Admitted(limiter, 9, milliseconds(0), 2, kDetail), 2);
  limiter.Set({.per_second = 0, .shop_id = 2, .path = kDetail});
  EXPECT_EQ(Admitted(limiter, 9, milliseconds(1000), 2, kDetail), 3) << "the limit of the shop again";
}

TEST_F(RateLimiterTest, ItsStateIsBounded) {
  RateLimiter limiter({.per_second = 1});
  const int shops = static_cast<int>(emulator::gateway::kMaxRateWindows) + 5;
  for (int shop = 1; shop <= shops; ++shop) Admitted(limiter, 1, milliseconds(0), shop);
  EXPECT_EQ(Admitted(limiter, 2, milliseconds(0), shops), 2) << "no window is free to count it: it passes";
  EXPECT_EQ(Admitted(limiter, 2, milliseconds(2000), shops), 1) << "idle windows were dropped";
  EXPECT_EQ(limiter.Counts(SubjectKind::kShop).size(), emulator::gateway::kMaxCountedShops + 1);
  for (int i = 1; i < static_cast<int>(emulator::gateway::kMaxRateLimits); ++i) {
    ASSERT_EQ(limiter.Set({.per_second = 1, .shop_id = i}), "");
  }
  EXPECT_NE(limiter.Set({.per_second = 1, .shop_id = 999999}), "");
}

class RateLimitTest : public EmulatorTest {
 protected:
  HttpReply Control(const std::string& verb, const std::string& body = "") {
    return Connection(emulator_.port()).Send(verb, "/_emulator/rate_limit", body);
  }
  emulator::RateCount CountOf(int64_t shop) { return emulator_.counters().rates[shop]; }
};

TEST_F(RateLimitTest, RefusesWithTheDocumentedTextBeforeTheCallTakesEffect) {
  emulator_.SetRateLimit({.per_second = 1, .window = RateLimit::Window::kSliding});
  const std::string generate = kFirstMile + "generate_first_mile_tracking_number";
  const std::string body = R"({"declare_date":"2026-12-24","quantity":1})";
  std::set<std::string> errors;
  int accepted = 0;
  for (int i = 0; i < 5; ++i) {
    const HttpReply reply = shop_.PostRaw(generate, body);
    EXPECT_EQ(reply.status, 200);
    const json::object answer = reply.Json();
    if (Text(answer, "error").empty()) {
      ++accepted;
    } else {
      errors.insert(Text(answer, "error") + ": " + Text(answer, "message"));
    }
  }
  EXPECT_EQ(
      errors,
      (std::set<std::string>{
          "error_rate_limit: Too many requests. You have reached the rate limit. Please try again later."}));
  emulator_.SetRateLimit({});
  const json::object list =
      shop_.Get(kFirstMile + "get_tracking_number_list",
                {{"from_date", "2026-12-23"}, {"to_date", "2026-12-25"}, {"page_size", "50"}});
  EXPECT_EQ(List(Response(list), "first_mile_tracking_number_list").size(),
            static_cast<std::size_t>(accepted));
  EXPECT_EQ(CountOf(kShop).accepted, static_cast<uint64_t>(accepted));
  EXPECT_EQ(CountOf(kShop).refused, static_cast<uint64_t>(5 - accepted));
}

TEST_F(RateLimitTest, AcceptsAtMostTheLimitInEachSecondOfTheRealClock) {
  emulator_.SetRateLimit({.per_second = 20});
  const auto begin = std::chrono::steady_clock::now();
  while (CountOf(kShop).refused == 0 || CountOf(kShop).accepted <= 20) shop_.Get(kChannels);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(std::chrono::steady_clock::now() - begin);
  EXPECT_LE(CountOf(kShop).accepted, 20U * static_cast<uint64_t>(seconds.count() + 1));
}

TEST_F(RateLimitTest, ACallThatAnEarlierCheckRefusesIsNotCounted) {
  emulator_.SetRateLimit({.per_second = 1});
  Caller stranger = shop_;
  stranger.access_token = "wrong";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Text(stranger.Get(kChannels), "error"), "invalid_acceess_token");
  EXPECT_EQ(CountOf(kShop).accepted + CountOf(kShop).refused, 0U);
  EXPECT_EQ(Text(shop_.Get(kChannels), "error"), "");
}

TEST_F(RateLimitTest, TheControlApiSetsAndRemovesALimitOfOneShop) {
  EXPECT_EQ(Control("POST", R"({"per_second":1,"shop_id":600003,"window":"sliding"})").status, 200);
  const json::object answer = Control("GET").Json();
  EXPECT_EQ(json::serialize(answer),
            R"({"rate_limits":[{"per_second":1,"shop_id":600003,"window":"sliding"}]})");
  const Caller limited = As(600003);
  int refused = 0;
  for (int i = 0; i < 5; ++i) {
    refused += Text(limited.Get(kChannels), "error") == kRefusal ? 1 : 0;
    EXPECT_EQ(Text(shop_.Get(kChannels), "error"), "");
  }
  EXPECT_GE(refused, 1);
  const json::object counters = Connection(emulator_.port()).Send("GET", "/_emulator/counters").Json();
  EXPECT_EQ(counters.at("rates").at("600003").at("refused").as_int64(), refused);
  EXPECT_EQ(Control("DELETE").status, 200);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Text(limited.Get(kChannels), "error"), "");
}

TEST_F(RateLimitTest, AMerchantsCallsAreLimitedSeparately) {
  EXPECT_EQ(Control("POST", R"({"per_second":1,"merchant_id":1000001,"window":"sliding"})").status, 200);
  const std::string shops = "/api/v2/merchant/get_shop_list_by_merchant";
  const MerchantCaller merchant(emulator_.port(), kNow);
  int refused = 0;
  for (int i = 0; i < 5; ++i) {
    const json::object answer = merchant.Get(shops, {{"page_no", "1"}, {"page_size", "1"}});
    refused += Text(answer, "error") == kRefusal ? 1 : 0;
    EXPECT_EQ(Text(shop_.Get(kChannels), "error"), "");
  }
  EXPECT_GE(refused, 1);
  const json::object counters = Connection(emulator_.port()).Send("GET", "/_emulator/counters").Json();
  EXPECT_EQ(counters.at("merchant_rates").at("1000001").at("refused").as_int64(), refused);
}

TEST_F(RateLimitTest, TheControlApiReportsInvalidLimits) {
  EXPECT_EQ(Control("POST", "{}").status, 400);
  EXPECT_EQ(Control("POST", R"({"per_second":-1})").status, 400);
  EXPECT_EQ(Control("POST", R"({"per_second":1,"window":"square"})").status, 400);
  EXPECT_EQ(Control("POST", R"({"per_second":1,"path":"elsewhere"})").status, 400);
  EXPECT_EQ(Control("POST", R"({"per_second":1,"shop_id":"x"})").status, 400);
  EXPECT_EQ(Control("POST", R"({"per_second":1,"shop_id":1,"merchant_id":1})").status, 400);
  EXPECT_THROW(emulator_.SetRateLimit({.per_second = -1}), std::runtime_error);
}

TEST_F(RateLimitTest, AResetRestoresTheLimitOfTheOptions) {
  emulator_.SetRateLimit({.per_second = 1});
  shop_.Get(kChannels);
  emulator_.Reset();
  EXPECT_TRUE(emulator_.counters().rates.empty());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Text(shop_.Get(kChannels), "error"), "");
}

}  // namespace
}  // namespace emulator_test

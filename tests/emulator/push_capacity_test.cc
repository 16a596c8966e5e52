// The parts of the push module: URLs, limits, the window of the success rate.
#include <gtest/gtest.h>

#include "emulator/push/callback_url.h"
#include "emulator/push/health.h"
#include "emulator/push/limits.h"
#include "emulator/push/lost_list.h"
#include "emulator/push/outbox.h"

namespace emulator_test {
namespace {

using emulator::PushRecord;
using emulator::push::CallbackUrl;
using emulator::push::Health;
using emulator::push::LostList;
using emulator::push::Outbox;
using emulator::push::ParseCallbackUrl;
using emulator::push::Status;

constexpr int64_t kSixHours = 6 * 3600;

TEST(CallbackUrl, HasHostPortAndTarget) {
  struct Case {
    const char* url;
    CallbackUrl parts;
  };
  const Case cases[] = {
      {"http://hook.test", {"hook.test", "80", "/", "hook.test"}},
      {"http://hook.test:8080/a/b?c=d", {"hook.test", "8080", "/a/b?c=d", "hook.test:8080"}},
      {"http://127.0.0.1?c", {"127.0.0.1", "80", "/?c", "127.0.0.1"}},
      {"http://[::1]:81/x", {"::1", "81", "/x", "[::1]:81"}},
      {"http://[::1]", {"::1", "80", "/", "[::1]"}},
  };
  for (const Case& each : cases) {
    const auto url = ParseCallbackUrl(each.url);
    ASSERT_TRUE(url) << each.url;
    EXPECT_EQ(url->host, each.parts.host) << each.url;
    EXPECT_EQ(url->port, each.parts.port) << each.url;
    EXPECT_EQ(url->target, each.parts.target) << each.url;
    EXPECT_EQ(url->host_field, each.parts.host_field) << each.url;
  }
}

TEST(CallbackUrl, IsShownWithoutTheValuesOfItsQuery) {
  EXPECT_EQ(emulator::push::RedactUrl("http://a/b?token=secret"), "http://a/b?***");
  EXPECT_EQ(emulator::push::RedactUrl("http://a/b"), "http://a/b");
}

TEST(PushHealth, IgnoresAttemptsOlderThanSixHours) {
  Health health;
  for (int i = 0; i < 600; ++i) EXPECT_FALSE(health.Count(false, 0));
  EXPECT_FALSE(health.Count(false, kSixHours)) << "only one of them is in the window";
  EXPECT_EQ(health.StatusAt(kSixHours), Status::kNormal);
}

TEST(PushHealth, WarnsBelow70PercentAndSuspendsBelow30) {
  Health health;
  for (int i = 0; i < 700; ++i) health.Count(true, 0);
  for (int i = 0; i < 300; ++i) health.Count(false, 0);
  EXPECT_EQ(health.StatusAt(0), Status::kNormal) << "70 % exactly";
  health.Count(false, 0);
  EXPECT_EQ(health.StatusAt(0), Status::kWarning);
  EXPECT_EQ(health.StatusAt(kSixHours), Status::kNormal);
  bool suspended = false;
  while (!suspended) suspended = health.Count(false, 60);
  EXPECT_EQ(health.StatusAt(kSixHours * 10), Status::kSuspended) << "until it is restarted";
  EXPECT_EQ(health.suspended_at(), 60);
  EXPECT_FALSE(health.Count(false, 61)) << "once is enough";
  health.Restart();
  EXPECT_EQ(health.StatusAt(61), Status::kNormal);
}

TEST(LostList, DropsTheOldestBeyondItsLimit) {
  LostList list;
  for (std::size_t i = 0; i <= emulator::push::kMaxLost; ++i) list.Add({}, 1);
  EXPECT_EQ(list.size(), emulator::push::kMaxLost);
  EXPECT_EQ(list.Read(1).messages.front().id, 2);
}

TEST(Outbox, AMessageBeyondTheLimitIsLostAtOnce) {
  Outbox outbox("key", "http://127.0.0.1/", [] { return int64_t{7}; });
  for (std::size_t i = 0; i <= emulator::push::kMaxUndelivered; ++i) {
    ASSERT_TRUE(outbox.AddByHand({.code = 3, .shop_id = 1, .timestamp = 7, .body = "{}"}));
  }
  const auto records = outbox.Records();
  EXPECT_EQ(records.size(), emulator::push::kMaxRemembered);
  EXPECT_EQ(records.back().state, PushRecord::State::kLost);
  EXPECT_EQ(records[records.size() - 2].state, PushRecord::State::kWaiting);
  EXPECT_EQ(outbox.ReadLost().messages.size(), 1U);
}

TEST(Outbox, ReturnsTheOldestFirstAndNoMoreThanMayBeInFlight) {
  Outbox outbox("key", "http://127.0.0.1/", [] { return int64_t{7}; });
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(outbox.AddByHand({.code = 3, .body = std::to_string(i)}));
  for (std::size_t i = 0; i < emulator::push::kMaxInFlight; ++i) {
    const auto parcel = outbox.TakeDue();
    ASSERT_TRUE(parcel);
    EXPECT_EQ(parcel->body, std::to_string(i));
  }
  EXPECT_FALSE(outbox.TakeDue());
  outbox.Finish(1, emulator::push::Outcome::kAccepted);
  EXPECT_TRUE(outbox.TakeDue());
}

TEST(Outbox, AnAttemptThatEndsAfterAResetChangesNothing) {
  Outbox outbox("key", "http://127.0.0.1/", [] { return int64_t{7}; });
  ASSERT_TRUE(outbox.AddByHand({.code = 3, .body = "{}"}));
  const auto parcel = outbox.TakeDue();
  outbox.Reset();
  outbox.Finish(parcel->id, emulator::push::Outcome::kNoAnswer);
  EXPECT_TRUE(outbox.Records().empty());
  EXPECT_TRUE(outbox.WaitUntilIdle(std::chrono::milliseconds(0)));
}

TEST(Outbox, ARetryIsSentToTheCurrentCallback) {
  int64_t now = 7;
  Outbox outbox("key", "http://127.0.0.1/old", [&now] { return now; });
  ASSERT_TRUE(outbox.AddByHand({.code = 3, .body = "{}"}));
  const auto first = outbox.TakeDue();
  outbox.Finish(first->id, emulator::push::Outcome::kNoAnswer);
  outbox.Change({.callback_url = "http://127.0.0.1/new"});
  now += 300;
  const auto second = outbox.TakeDue();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->url, "http://127.0.0.1/new");
  EXPECT_NE(second->authorization, first->authorization);
}

}  // namespace
}  // namespace emulator_test

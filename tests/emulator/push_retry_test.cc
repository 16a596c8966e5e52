// Failed pushes: retries, the lost list, suspension.
#include "push_fixture.h"

namespace emulator_test {
namespace {

using emulator::PushRecord;
using std::chrono::hours;
using std::chrono::seconds;
using namespace std::chrono_literals;

class FailingPushTest : public PushTest {
 protected:
  using PushTest::PushTest;

  PushRecord Only() {
    Settle();
    const auto pushes = emulator_.Pushes();
    EXPECT_EQ(pushes.size(), 1U);
    return pushes.at(0);
  }
  void LoseOne() {
    for (const int wait : {300, 1800, 10800}) {
      Settle();
      emulator_.AdvanceClock(seconds(wait));
    }
    Settle();
  }
  json::object Lost() { return Response(Partner().Get(kPush + "get_lost_push_message")); }
  std::string Confirm(const json::value& id) {
    return Text(Partner().Post(kPush + "confirm_consumed_lost_push_message", {{"last_message_id", id}}),
                "error");
  }
};

TEST_F(FailingPushTest, OnlyA2xxWithAnEmptyBodyCountsAsDelivered) {
  struct Case {
    PushAnswer said;
    PushRecord::Answer heard;
  };
  const std::vector<Case> cases = {
      {{.status = 200}, PushRecord::Answer::kAccepted},
      {{.status = 204}, PushRecord::Answer::kAccepted},
      {{.status = 200, .body = R"({"ok":true})"}, PushRecord::Answer::kHasBody},
      {{.status = 200, .body = std::string(100'000, ' ')}, PushRecord::Answer::kHasBody},
      {{.status = 302}, PushRecord::Answer::kBadStatus},
      {{.status = 500, .body = "no"}, PushRecord::Answer::kBadStatus},
  };
  for (const Case& each : cases) {
    emulator_.Reset();
    receiver_.AnswerWith(each.said);
    SendByHand();
    const PushRecord push = Only();
    EXPECT_EQ(push.answer, each.heard) << each.said.status;
    const bool accepted = each.heard == PushRecord::Answer::kAccepted;
    EXPECT_EQ(push.state, accepted ? PushRecord::State::kDelivered : PushRecord::State::kWaiting);
    EXPECT_EQ(push.next_attempt_at, accepted ? 0 : kNow + 300);
  }
}

// With a short time limit, which the callback always exceeds.
class SilentPushTest : public FailingPushTest {
 protected:
  SilentPushTest() : FailingPushTest({.push_timeout = 50ms}) {}
};

TEST_F(SilentPushTest, APushFailsWhenNoAnswerComesWithinTheTimeLimit) {
  receiver_.AnswerWith({.silent = true});
  SendByHand();
  const PushRecord push = Only();
  EXPECT_EQ(push.answer, PushRecord::Answer::kNone);
  EXPECT_EQ(push.state, PushRecord::State::kWaiting);
}

TEST_F(FailingPushTest, AFailedPushIsRepeatedAfter300And1800And10800SecondsWithTheSameBytes) {
  receiver_.AnswerWith({.status = 500});
  SendByHand();
  std::size_t attempts = 1;
  for (const int wait : {300, 1800, 10800}) {
    Settle();
    emulator_.AdvanceClock(seconds(wait - 1));
    Settle();
    EXPECT_EQ(receiver_.count(), attempts) << wait;
    emulator_.AdvanceClock(seconds(1));
    receiver_.WaitFor(++attempts);
  }
  EXPECT_EQ(Only().state, PushRecord::State::kLost);
  EXPECT_EQ(Only().attempts, 4);
  emulator_.AdvanceClock(hours(24));
  Settle();
  const auto came = receiver_.WaitFor(4);
  EXPECT_EQ(came.size(), 4U);
  for (const ReceivedPush& push : came) {
    EXPECT_EQ(push.body, came[0].body);
    EXPECT_EQ(push.authorization, came[0].authorization);
  }
}

TEST_F(FailingPushTest, ARetryMayDeliverThePush) {
  receiver_.AnswerWith({.status = 500});
  SendByHand();
  Settle();
  receiver_.AnswerWith({.status = 200});
  emulator_.AdvanceClock(seconds(300));
  receiver_.WaitFor(2);
  EXPECT_EQ(Only().state, PushRecord::State::kDelivered);
  EXPECT_TRUE(List(Lost(), "push_message_list").empty());
}

TEST_F(FailingPushTest, ALostPushIsKeptForThreeDays) {
  receiver_.AnswerWith({.status = 500});
  SendByHand();
  LoseOne();
  const std::string sent = receiver_.WaitFor(4).front().body;
  const json::object lost = Lost();
  const json::array& messages = List(lost, "push_message_list");
  ASSERT_EQ(messages.size(), 1U);
  const json::object& message = messages[0].as_object();
  EXPECT_EQ(message.at("shop_id"), kShop);
  EXPECT_EQ(message.at("code"), 3);
  EXPECT_EQ(message.at("timestamp"), kNow + 300 + 1800 + 10800);
  EXPECT_EQ(Text(message, "data"), sent) << "the whole push, as a string";
  EXPECT_EQ(lost.at("has_next_page"), false);
  EXPECT_EQ(Text(Partner().Get(kPush + "get_lost_push_message"), "warning"), "");
  emulator_.AdvanceClock(hours(72) - 1s);
  EXPECT_EQ(List(Lost(), "push_message_list").size(), 1U);
  emulator_.AdvanceClock(1s);
  EXPECT_TRUE(List(Lost(), "push_message_list").empty());
}

TEST_F(FailingPushTest, LostPushesAreReadAHundredAtATimeUntilConfirmed) {
  receiver_.AnswerWith({.status = 500});
  SendByHand(100);
  LoseOne();
  Control("POST", "push", {{"code", 1}, {"data", {{"shop_id", kShop}}}});
  LoseOne();
  const json::object first = Lost();
  EXPECT_EQ(List(first, "push_message_list").size(), 100U);
  EXPECT_EQ(first.at("has_next_page"), true);
  EXPECT_EQ(Lost(), first) << "reading consumes nothing";
  EXPECT_EQ(Confirm(first.at("last_message_id")), "");
  const json::object second = Lost();
  ASSERT_EQ(List(second, "push_message_list").size(), 1U);
  EXPECT_EQ(second.at("has_next_page"), false);
  EXPECT_FALSE(List(second, "push_message_list")[0].as_object().contains("shop_id"))
      << "a push to the partner";
  EXPECT_EQ(Confirm(first.at("last_message_id")), "");
  EXPECT_EQ(List(Lost(), "push_message_list").size(), 1U) << "an older id confirms nothing more";
  EXPECT_EQ(Confirm(second.at("last_message_id")), "");
  EXPECT_TRUE(List(Lost(), "push_message_list").empty());
}

TEST_F(FailingPushTest, OnlyIdsOfLostPushesCanBeConfirmed) {
  EXPECT_EQ(Confirm(1), "error_param");
  EXPECT_EQ(Confirm(-1), "error_param");
  EXPECT_EQ(Confirm("1"), "error_param");
  EXPECT_EQ(Confirm(nullptr), "error_param");
}

TEST_F(FailingPushTest, PushesAreSuspendedWhenFewAreDelivered) {
  receiver_.AnswerWith({.status = 200});
  SendByHand(190);
  Settle();
  receiver_.AnswerWith({.status = 500});
  SendByHand(410);
  Settle();
  const auto status = [this] {
    return Text(Response(Partner().Get(kPush + "get_app_push_config")), "live_push_status");
  };
  EXPECT_EQ(status(), "Normal") << "up to 600 attempts the rate does not count";
  SendByHand(1);
  Settle();
  EXPECT_EQ(status(), "Warning") << "190 of 601 are below 70 %";
  SendByHand(33);
  Settle();
  const json::object config = Response(Partner().Get(kPush + "get_app_push_config"));
  EXPECT_EQ(Text(config, "live_push_status"), "Suspended") << "190 of 634 are below 30 %";
  EXPECT_EQ(config.at("suspended_time"), kNow);
  const std::size_t before = receiver_.count();
  Ship("2411010FMSHIP0");
  emulator_.AdvanceClock(hours(1));
  Settle();
  EXPECT_EQ(receiver_.count(), before) << "nothing new is sent, nothing is retried";
  EXPECT_TRUE(List(Lost(), "push_message_list").empty()) << "and nothing is kept";
  EXPECT_EQ(
      Text(Partner().Post(kPush + "set_app_push_config", {{"set_push_config_on", json::array{3}}}), "error"),
      "");
  EXPECT_EQ(status(), "Normal");
  SendByHand(1);
  receiver_.WaitFor(before + 1);
}

TEST_F(FailingPushTest, TheEmulatorStopsWhileACallbackIsSilent) {
  receiver_.AnswerWith({.silent = true});
  SendByHand();
  receiver_.WaitFor(1);
  emulator_.Stop();
  EXPECT_EQ(emulator_.Pushes().size(), 1U);
}

}  // namespace
}  // namespace emulator_test

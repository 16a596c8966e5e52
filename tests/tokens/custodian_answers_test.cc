// What the custodian makes of the platform's answers to a refresh, kind by kind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokens/custodian_case.h"

namespace firstmile::testing {
namespace {

using errors::Code;
using ::testing::HasSubstr;
using tokens::TokenAnswer;
using tokens::Transition;

struct NotDone {
  const char* name;
  transport::HttpResult result;
  const char* reason;
};

void PrintTo(const NotDone& value, std::ostream* out) {
  *out << value.name;
}

class NotDoneTest : public CustodianTest, public ::testing::WithParamInterface<NotDone> {};

TEST_P(NotDoneTest, ReleasesTheMarkAndBacksOff) {
  HaveExpired();
  a_->transport.Reply(GetParam().result);
  const TokenAnswer answer = a_->Get().Get();
  EXPECT_EQ(TokenOf(answer), std::string("refused: ") + GetParam().reason);
  EXPECT_FALSE(Stored()->refresh.has_value());
  EXPECT_FALSE(Stored()->quarantine.has_value());
  EXPECT_EQ(a_->events.Count(Transition::kRefreshFailed), 1);

  Advance(*a_, absl::Milliseconds(900));
  EXPECT_EQ(TokenOf(a_->Get().Get()), TokenOf(answer));
  EXPECT_EQ(a_->transport.count(), 1U);

  Advance(*a_, kPastBackoff);
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
  EXPECT_EQ(a_->transport.count(), 2U);
}

TEST_P(NotDoneTest, WaitsLongerEachTime) {
  HaveExpired();
  a_->transport.ReplyAlways(GetParam().result);
  for (int second = 0; second < 600; ++second) {
    a_->Get().Get();
    Advance(*a_, absl::Seconds(1));
  }
  EXPECT_LE(a_->transport.count(), 12U);  // 1 + 2 + 4 + ... up to 300 seconds
  EXPECT_GE(a_->transport.count(), 7U);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, NotDoneTest,
    ::testing::Values(
        NotDone{"Permission", Refused("error_auth", "No permission to current api.", 403), "ACCESS_DENIED"},
        NotDone{"Sign", Refused("error_sign", "Wrong sign.", 403), "PARTNER_MISCONFIGURED"},
        NotDone{"KeyExpired", Refused("error_partner_key_expired", "Your API partner key has expired"),
                "PARTNER_MISCONFIGURED"},
        NotDone{"Address", Refused("source_ip_undeclared", "undeclared", 403), "SOURCE_IP_UNDECLARED"},
        NotDone{"RateLimit", Refused("error_rate_limit", "Too many requests."), "RATE_LIMITED"},
        NotDone{"TooMany", Answer("", 429), "RATE_LIMITED"},
        NotDone{"Clock", Refused("error_param", "Timestamp is expired."), "CLOCK_SKEW"},
        NotDone{"Unreachable", Failure(transport::HttpFailure::kNotSent), "UPSTREAM_UNREACHABLE"},
        NotDone{"Overloaded", Failure(transport::HttpFailure::kOverloaded), "UPSTREAM_UNREACHABLE"}),
    [](const auto& info) { return info.param.name; });

class AnothersGrantTest : public CustodianTest {
 protected:
  const transport::HttpResult anothers_ = GrantedTo(R"("shop_id":600001)");

  // Whoever asks, until the second try of the refresh has ended.
  TokenAnswer GetAfter(const std::vector<transport::HttpResult>& answers) {
    for (const transport::HttpResult& answer : answers) a_->transport.Reply(answer);
    TokenWaiter caller = a_->Get();
    AdvanceUntilReady(*a_, caller.future());
    return caller.Get();
  }
};

TEST_F(AnothersGrantTest, IsNeverStoredAndTheRefreshIsTriedOnceMore) {
  HaveExpired();
  EXPECT_EQ(TokenOf(GetAfter({anothers_, Granted("access-2", "refresh-2")})), "access-2");
  EXPECT_EQ(Stored()->pair.access_token.Reveal(), "access-2");
  EXPECT_EQ(a_->events.Count(Transition::kGrantRefused), 1);
  EXPECT_EQ(a_->events.Count(Transition::kRefreshFailed), 0);
  EXPECT_EQ(a_->transport.count(), 2U);
}

TEST_F(AnothersGrantTest, TwiceIsTheReasonOfTheRefusalAndSetsNobodyAside) {
  HaveExpired();
  EXPECT_EQ(TokenOf(GetAfter({anothers_, anothers_})), "refused: TOKEN_OF_ANOTHER_SUBJECT");
  EXPECT_FALSE(Stored()->quarantine.has_value());
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-1");
  EXPECT_EQ(a_->events.Count(Transition::kGrantRefused), 2);
  EXPECT_EQ(a_->events.Count(Transition::kRefreshFailed), 1);

  Advance(*a_, kPastBackoff);
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
}

TEST_F(AnothersGrantTest, ARefusalAfterItSaysThatAnAnswerWasLost) {
  HaveExpired();
  EXPECT_EQ(TokenOf(GetAfter({anothers_, Refused()})), "refused: AUTHORIZATION_REQUIRED");
  EXPECT_EQ(Stored()->quarantine->reason, "REFRESH_ANSWER_LOST");
}

TEST_F(AnothersGrantTest, AgainAndAgainIsNoLoop) {
  HaveExpired();
  a_->transport.ReplyAlways(anothers_);
  for (int second = 0; second < 600; ++second) {
    TokenWaiter caller = a_->Get();
    AdvanceUntilReady(*a_, caller.future());
    caller.Get();
    Advance(*a_, absl::Seconds(1));
  }
  EXPECT_LE(a_->transport.count(), 24U);  // two for each of 1 + 2 + 4 + ... up to 300 seconds
  EXPECT_FALSE(Stored()->quarantine.has_value());
}

// Lives that no token can be used for: an end that has passed already by our clock, or is about to.
class OddLifeTest : public CustodianTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(OddLifeTest, APairThatWasJustIssuedIsGivenOutAndNotRefreshedAgain) {
  HaveExpired();
  a_->transport.ReplyAlways(Granted("access-2", "refresh-2", GetParam()));
  TokenWaiter caller = a_->Get();
  AdvanceUntilReady(*a_, caller.future());
  EXPECT_EQ(TokenOf(caller.Get()), "access-2");
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
  EXPECT_EQ(a_->transport.count(), 1U);
}

INSTANTIATE_TEST_SUITE_P(ExpireIn, OddLifeTest,
                         ::testing::Values("1", "30", "59", "1600000000", "0", "-5", "null", "\"x\""));

}  // namespace
}  // namespace firstmile::testing

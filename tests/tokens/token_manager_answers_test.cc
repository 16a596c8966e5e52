// How the TokenManager handles each kind of answer to a refresh.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "tokens/token_manager_case.h"

namespace firstmile::testing {
namespace {

using errors::Code;
using ::testing::HasSubstr;
using tokens::TokenAnswer;
using tokens::TokenEvent;

struct NotDone {
  const char* name;
  transport::HttpResult result;
  const char* reason;
};

void PrintTo(const NotDone& value, std::ostream* out) {
  *out << value.name;
}

class NotDoneTest : public TokenManagerTest, public ::testing::WithParamInterface<NotDone> {};

TEST_P(NotDoneTest, ReleasesTheLeaseAndBacksOff) {
  HaveExpired();
  a_->transport.Reply(GetParam().result);
  const TokenAnswer answer = a_->Get().Get();
  EXPECT_EQ(TokenOf(answer), std::string("refused: ") + GetParam().reason);
  EXPECT_FALSE(Stored()->refresh.has_value());
  EXPECT_FALSE(Stored()->authorization_required.has_value());
  EXPECT_EQ(a_->events.Count(TokenEvent::kRefreshFailed), 1);

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
        NotDone{"NotFound", Refused("error_param", "The information you queried is not found."),
                "TOKEN_REFRESH_FAILED"},
        NotDone{"Parameter", Refused("error_param", "parameter invalid"), "TOKEN_REFRESH_FAILED"},
        NotDone{"Unreachable", Failure(transport::HttpFailure::kNotSent), "UPSTREAM_UNREACHABLE"},
        NotDone{"NotInTime", Failure(transport::HttpFailure::kNotSentInTime), "UPSTREAM_UNREACHABLE"}),
    [](const auto& info) { return info.param.name; });

class RefreshRefusalTest : public TokenManagerTest {
 protected:
  // Asks once per second for ten minutes.
  TokenAnswer AskForTenMinutes() {
    TokenAnswer last;
    for (int second = 0; second < 600; ++second) {
      TokenWaiter caller = a_->Get();
      AdvanceUntilReady(*a_, caller.future());
      last = caller.Get();
      Advance(*a_, absl::Seconds(1));
    }
    return last;
  }
};

TEST_F(RefreshRefusalTest, CarriesShopeesCodeTextAndIdAndWhenToComeBack) {
  HaveExpired();
  a_->transport.Reply(Refused("error_param", "The information you queried is not found."));
  const TokenAnswer answer = a_->Get().Get();
  ASSERT_TRUE(answer.refusal.has_value());
  EXPECT_EQ(answer.refusal->code, Code::kUnavailable);
  EXPECT_TRUE(answer.refusal->retry_after.has_value());
  EXPECT_THAT(answer.refusal->message, HasSubstr("error_param: The information you queried is not found."));
  const google::rpc::Status status = tokens::StatusOf(*answer.refusal, "LogisticsService/GetTrackingNumber");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(status.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "TOKEN_REFRESH_FAILED");
  EXPECT_EQ(info.metadata().at("vendorCode"), "error_param");
  EXPECT_EQ(info.metadata().at("requestId"), "r");
  EXPECT_EQ(info.metadata().at("httpStatus"), "200");
  EXPECT_THAT(info.metadata().at("remedy"), HasSubstr("tries the refresh again"));
}

TEST_F(RefreshRefusalTest, ForAnEndedAuthorizationIsOneRefreshThenSilenceUnderWhateverCode) {
  for (const auto& [code, text] : {std::pair("error_auth", "Partner and shop has no linked."),
                                   std::pair("common.error_auth", "Partner and shop has no linked."),
                                   std::pair("error_auth", "Your access to shop has expired."),
                                   std::pair("error_param", "Your partner id and shop has no link."),
                                   std::pair("shop_no_linked", "Partner and shop has no linked.")}) {
    a_ = Start();
    HaveExpired();
    a_->transport.ReplyAlways(Refused(code, text));
    const TokenAnswer first = a_->Get().Get();
    ASSERT_TRUE(first.refusal.has_value());
    EXPECT_EQ(first.refusal->answer->vendor_code, code);
    EXPECT_EQ(first.refusal->answer->request_id, "r");
    EXPECT_EQ(TokenOf(AskForTenMinutes()), "refused: AUTHORIZATION_REQUIRED") << code << ": " << text;
    EXPECT_EQ(a_->transport.count(), 1U) << code << ": " << text;
    EXPECT_EQ(Stored()->authorization_required->reason, "AUTHORIZATION_ENDED") << code << ": " << text;
    EXPECT_THAT(Stored()->authorization_required->detail, HasSubstr(text));
  }
}

TEST_F(RefreshRefusalTest, OnceItPassesTheTokenIsRenewed) {
  HaveExpired();
  a_->transport.Reply(Refused("error_param", "parameter invalid"));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "refused: TOKEN_REFRESH_FAILED");
  Advance(*a_, kPastBackoff);
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-2");
}

// A proxy answered; Shopee may have processed the request.
class UnreadableAnswerTest : public TokenManagerTest, public ::testing::WithParamInterface<int> {
 protected:
  const transport::HttpResult page_ = Answer("<html><body>Forbidden</body></html>", GetParam(), "text/html");

  TokenAnswer GetAfter(const std::vector<transport::HttpResult>& answers) {
    for (const transport::HttpResult& answer : answers) a_->transport.Reply(answer);
    TokenWaiter caller = a_->Get();
    AdvanceUntilReady(*a_, caller.future());
    return caller.Get();
  }
};

TEST_P(UnreadableAnswerTest, IsALostAnswerAndARefusalAfterItSaysSo) {
  HaveExpired();
  EXPECT_EQ(TokenOf(GetAfter({page_, Refused()})), "refused: AUTHORIZATION_REQUIRED");
  EXPECT_EQ(Stored()->authorization_required->reason, "REFRESH_ANSWER_LOST");
}

TEST_P(UnreadableAnswerTest, TwiceKeepsTheLeaseSoThatTheNextAttemptIsNotTheFirst) {
  HaveExpired();
  const TokenAnswer answer = GetAfter({page_, page_});
  EXPECT_EQ(TokenOf(answer), "refused: TOKEN_ANSWER_UNCLEAR");
  EXPECT_EQ(answer.refusal->code, Code::kUnavailable);
  EXPECT_EQ(answer.refusal->answer->http_status, GetParam());
  EXPECT_FALSE(Stored()->authorization_required.has_value());
  ASSERT_TRUE(Stored()->refresh.has_value());
  EXPECT_EQ(Stored()->refresh->attempts, 2);

  Advance(*a_, kPastBackoff);
  a_->transport.Reply(Refused());
  EXPECT_EQ(TokenOf(a_->Get().Get()), "refused: AUTHORIZATION_REQUIRED");
  EXPECT_EQ(Stored()->authorization_required->reason, "REFRESH_ANSWER_LOST");
}

INSTANTIATE_TEST_SUITE_P(Statuses, UnreadableAnswerTest,
                         ::testing::Values(200, 302, 401, 403, 404, 502, 524));

class RepeatedTokenTest : public TokenManagerTest {};

TEST_F(RepeatedTokenTest, IsStoredAsItIsAndWorksForTheNextRefresh) {
  HaveExpired();
  a_->transport.Reply(Granted("access-2", "refresh-1"));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-1");
  Advance(*a_, absl::Hours(4));
  a_->transport.Reply(Granted("access-3", "refresh-1"));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-3");
  EXPECT_THAT(a_->transport.request(1).body, HasSubstr(R"("refresh_token":"refresh-1")"));
  Advance(*a_, absl::Hours(4));
  a_->transport.Reply(Granted("access-3", "refresh-4"));  // this time the access token
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-3");
  EXPECT_EQ(Stored()->pair.access_token.Reveal(), "access-3");
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-4");
}

class AnothersGrantTest : public TokenManagerTest {
 protected:
  const transport::HttpResult anothers_ = GrantedTo(R"("shop_id":600001)");

  // Asks until the second attempt of the refresh has ended.
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
  EXPECT_EQ(a_->events.Count(TokenEvent::kGrantRefused), 1);
  EXPECT_EQ(a_->events.Count(TokenEvent::kRefreshFailed), 0);
  EXPECT_EQ(a_->transport.count(), 2U);
}

TEST_F(AnothersGrantTest, TwiceIsTheReasonOfTheRefusalAndRequiresNoAuthorization) {
  HaveExpired();
  EXPECT_EQ(TokenOf(GetAfter({anothers_, anothers_})), "refused: TOKEN_OF_ANOTHER_SUBJECT");
  EXPECT_FALSE(Stored()->authorization_required.has_value());
  EXPECT_EQ(Stored()->pair.refresh_token.Reveal(), "refresh-1");
  EXPECT_EQ(a_->events.Count(TokenEvent::kGrantRefused), 2);
  EXPECT_EQ(a_->events.Count(TokenEvent::kRefreshFailed), 1);

  Advance(*a_, kPastBackoff);
  a_->transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(a_->Get().Get()), "access-2");
}

TEST_F(AnothersGrantTest, ARefusalAfterItSaysThatAnAnswerWasLost) {
  HaveExpired();
  EXPECT_EQ(TokenOf(GetAfter({anothers_, Refused()})), "refused: AUTHORIZATION_REQUIRED");
  EXPECT_EQ(Stored()->authorization_required->reason, "REFRESH_ANSWER_LOST");
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
  EXPECT_FALSE(Stored()->authorization_required.has_value());
}

// Unusable lifetimes: the token has expired by our clock or is about to.
class OddLifeTest : public TokenManagerTest, public ::testing::WithParamInterface<const char*> {};

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

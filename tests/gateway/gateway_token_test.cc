// The gateway's handling of tokens.
#include "absl/strings/match.h"
#include "gateway/gateway_fixture.h"

namespace firstmile::gateway {
namespace {

using GatewayTokenTest = GatewayTest;

TEST_F(GatewayTokenTest, ARefusedTokenIsReplacedOnceAndTheCallSentAgain) {
  transport_.Then(Answer(kTokenRefused, 403));
  transport_.Then(Answer(kFound));
  EXPECT_EQ(Read().status.code(), kOk);
  EXPECT_TRUE(absl::StrContains(Url(0), "access_token=token-1"));
  EXPECT_TRUE(absl::StrContains(Url(1), "access_token=token-2"));
}

TEST_F(GatewayTokenTest, ATokenRefusedTwiceIsUnauthenticated) {
  transport_.Then(Answer(kTokenRefused, 403));
  transport_.Then(Answer(kTokenRefused, 403));
  EXPECT_EQ(Read().status.code(), kUnauthenticated);
  EXPECT_EQ(tokens_.replaces, 1);
  EXPECT_EQ(Sent(), 2U);
}

TEST_F(GatewayTokenTest, AWriteWithARefusedTokenIsSentAgainSinceItDidNothing) {
  transport_.Then(Answer(kTokenRefused, 403));
  transport_.Then(Answer(kGenerated));
  EXPECT_EQ(Write().status.code(), kOk);
}

TEST_F(GatewayTokenTest, APermissionErrorNeverAsksForAnotherToken) {
  transport_.Then(Answer(kNoPermission));
  EXPECT_EQ(Read().status.code(), kPermissionDenied);
  EXPECT_EQ(tokens_.replaces, 0);
  EXPECT_EQ(Sent(), 1U);
}

TEST_F(GatewayTokenTest, ACallersOwnTokenNeverTouchesTheSource) {
  transport_.Then(Answer(kTokenRefused, 403));
  CallContext context = Context();
  context.access_token.emplace(std::string("own"));
  EXPECT_EQ(Finish(StartRead(std::move(context))).status.code(), kUnauthenticated);
  EXPECT_TRUE(absl::StrContains(Url(0), "access_token=own"));
  EXPECT_EQ(tokens_.gets + tokens_.replaces, 0);
}

// The partner's calls: a name and a signature, but no token and no authorization.
class GatewayPartnerTest : public GatewayTest {
 protected:
  CallReport Ask() { return Finish(Start(request_, &answer_, Context())); }

  v1::GetAppPushConfigRequest request_;
  v1::GetAppPushConfigResponse answer_;
};

TEST_F(GatewayPartnerTest, ACallOfThePartnerIsSignedWithoutTokenOrShop) {
  tokens_.known = false;
  transport_.Then(Answer(R"({"request_id":"r","error":"","response":{"callback_url":"http://a.test"}})"));
  EXPECT_EQ(Ask().status.code(), kOk);
  EXPECT_EQ(answer_.callback_url(), "http://a.test");
  for (const char* parameter : {"access_token", "shop_id", "merchant_id"}) {
    EXPECT_FALSE(absl::StrContains(Url(0), parameter)) << Url(0);
  }
  for (const char* parameter : {"partner_id=", "timestamp=", "sign="}) {
    EXPECT_TRUE(absl::StrContains(Url(0), parameter)) << Url(0);
  }
  EXPECT_EQ(tokens_.gets, 0);
}

TEST_F(GatewayPartnerTest, ARefusalOfATokenReplacesNone) {
  transport_.Then(Answer(kTokenRefused, 403));
  EXPECT_EQ(Ask().status.code(), kUnauthenticated);
  EXPECT_EQ(tokens_.gets + tokens_.replaces, 0);
  EXPECT_EQ(Sent(), 1U);
}

TEST_F(GatewayPartnerTest, ACallersTokenIsNotSent) {
  transport_.Then(Answer(R"({"request_id":"r","error":"","response":{}})"));
  CallContext context = Context();
  context.access_token.emplace(std::string("own"));
  Finish(Start(request_, &answer_, std::move(context)));
  EXPECT_FALSE(absl::StrContains(Url(0), "own"));
}

TEST_F(GatewayPartnerTest, AnIdempotentWriteIsSentAgainAfterALostAnswer) {
  v1::ConfirmConsumedLostPushMessageRequest request;
  v1::ConfirmConsumedLostPushMessageResponse answer;
  request.set_last_message_id(7);
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Answer(R"({"request_id":"r","error":""})"));
  const CallReport report = Finish(Start(request, &answer, Context()));
  EXPECT_EQ(report.status.code(), kOk);
  EXPECT_EQ(report.attempts, 2);
}

TEST_F(GatewayTokenTest, WithoutATokenNothingIsSent) {
  tokens_.known = false;
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kFailedPrecondition);
  EXPECT_EQ(Reason(report), "NO_ACCESS_TOKEN");
  EXPECT_EQ(Sent(), 0U);
}

TEST_F(GatewayTokenTest, AShopThatNeedsItsSellerSaysSoWithTheAddressToGoTo) {
  transport_.Then(Answer(kTokenRefused, 403));
  tokens_.refusal = tokens::TokenRefusal{.code = errors::Code::kFailedPrecondition,
                                         .reason = "AUTHORIZATION_REQUIRED",
                                         .message = "shop 600000 must be authorized again",
                                         .authorization_url = "https://open.test/auth?partner_id=1"};
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kFailedPrecondition);
  EXPECT_EQ(Reason(report), "AUTHORIZATION_REQUIRED");
  EXPECT_EQ(Info(report).metadata().at("authorizationUrl"), "https://open.test/auth?partner_id=1");
  EXPECT_EQ(Sent(), 1U);
}

TEST_F(GatewayTokenTest, AStoreThatIsDownSaysWhenToRetry) {
  transport_.Then(Answer(kTokenRefused, 403));
  tokens_.refusal = tokens::StoreFailed(tokens::Shop(600000), absl::UnavailableError("gone"));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kUnavailable);
  EXPECT_EQ(Reason(report), "TOKEN_STORE_UNAVAILABLE");
  google::rpc::RetryInfo retry;
  EXPECT_TRUE(report.status.details(1).UnpackTo(&retry));
}

TEST_F(GatewayTokenTest, ATokenThatCannotBeRefreshedKeepsShopeesOwnError) {
  transport_.Then(Answer(kTokenRefused, 403));
  tokens_.refusal = tokens::NotRenewable(tokens::Shop(600000));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kUnauthenticated);
  EXPECT_EQ(Info(report).metadata().at("vendorCode"), "invalid_acceess_token");
}

TEST_F(GatewayTokenTest, ANewTokenThatIsRefusedTellsWhenToComeBackInShopeesOwnWords) {
  transport_.Then(Answer(kTokenRefused, 403));
  tokens_.refusal = tokens::FreshTokenRejected(tokens::Shop(600000), absl::Seconds(42));
  const CallReport report = Read();
  EXPECT_EQ(Reason(report), "TOKEN_REJECTED");
  EXPECT_EQ(Info(report).metadata().at("vendorCode"), "invalid_acceess_token");
  google::rpc::RetryInfo retry;
  ASSERT_EQ(report.status.details_size(), 2);
  ASSERT_TRUE(report.status.details(1).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 42);
}

}  // namespace
}  // namespace firstmile::gateway

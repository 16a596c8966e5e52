// What the gateway promises about tokens.
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

TEST_F(GatewayTokenTest, AStoreThatIsDownTellsWhenToComeBack) {
  transport_.Then(Answer(kTokenRefused, 403));
  tokens_.refusal = tokens::StoreTrouble(tokens::Shop(600000), absl::UnavailableError("gone"));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kUnavailable);
  EXPECT_EQ(Reason(report), "TOKEN_STORE_UNAVAILABLE");
  google::rpc::RetryInfo retry;
  EXPECT_TRUE(report.status.details(1).UnpackTo(&retry));
}

TEST_F(GatewayTokenTest, ATokenThatNobodyRenewsLeavesThePlatformsOwnWords) {
  transport_.Then(Answer(kTokenRefused, 403));
  tokens_.refusal = tokens::NotRenewable(tokens::Shop(600000));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kUnauthenticated);
  EXPECT_EQ(Info(report).metadata().at("vendorCode"), "invalid_acceess_token");
}

}  // namespace
}  // namespace firstmile::gateway

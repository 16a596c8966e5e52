#include "errors/error_class.h"

#include <gtest/gtest.h>

#include <string>

namespace firstmile::errors {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);  // 2023-11-14 22:13:20 UTC

ErrorClass ClassifyCode(const std::string& code, const std::string& text = "", int http_status = 200) {
  return ClassifyError(
      {.vendor_code = code, .vendor_message = text, .request_id = "r1", .http_status = http_status}, kNow);
}

ErrorClass ClassifyStatus(int http_status) {
  return ClassifyCode("", "", http_status);
}

TEST(ClassifyError, RefreshesTheTokenWhenShopeeRejectsIt) {
  for (const char* code : {"invalid_acceess_token", "error_auth", "common.error_auth"}) {
    const ErrorClass error_class = ClassifyCode(code, "Invalid access_token.", 403);
    EXPECT_EQ(error_class.code, Code::kUnauthenticated) << code;
    EXPECT_EQ(error_class.reason, "TOKEN_REJECTED") << code;
    EXPECT_EQ(error_class.retry_class, RetryClass::kRefreshToken) << code;
  }
}

TEST(ClassifyError, NeverRefreshesForAPermission) {
  for (const char* code : {"error_auth", "error_permission", "error_api_permission", "firstmile.auth"}) {
    const ErrorClass error_class = ClassifyCode(code, "No permission to current api.");
    EXPECT_EQ(error_class.code, Code::kPermissionDenied) << code;
    EXPECT_EQ(error_class.retry_class, RetryClass::kNone) << code;
  }
}

TEST(ClassifyError, AsksForANewAuthorization) {
  for (const char* code : {"shop_no_linked", "partner_shop_no_link", "shop_access_expired"}) {
    const ErrorClass error_class = ClassifyCode(code);
    EXPECT_EQ(error_class.code, Code::kFailedPrecondition) << code;
    EXPECT_EQ(error_class.reason, "SHOP_NOT_AUTHORIZED") << code;
    EXPECT_EQ(error_class.retry_class, RetryClass::kNone) << code;
  }
}

TEST(ClassifyError, TellsAWrongClockFromAWrongKey) {
  const ErrorClass clock = ClassifyCode("error_param", "Timestamp is expired.");
  EXPECT_EQ(clock.code, Code::kFailedPrecondition);
  EXPECT_EQ(clock.reason, "CLOCK_SKEW");
  EXPECT_EQ(ClassifyCode("error_param", "Invalid timestamp").retry_class, RetryClass::kCorrectClock);
  const ErrorClass key = ClassifyCode("error_sign", "Wrong sign.");
  EXPECT_EQ(key.code, Code::kFailedPrecondition);
  EXPECT_EQ(key.reason, "PARTNER_MISCONFIGURED");
}

TEST(ClassifyError, BacksOffAtTheRateLimit) {
  const ErrorClass error_class = ClassifyCode("error_rate_limit", "Too many requests.");
  EXPECT_EQ(error_class.code, Code::kResourceExhausted);
  EXPECT_EQ(error_class.reason, "RATE_LIMITED");
  EXPECT_EQ(error_class.retry_class, RetryClass::kBackOff);
  EXPECT_EQ(error_class.retry_after, absl::Seconds(1));
  EXPECT_EQ(ClassifyStatus(429).reason, "RATE_LIMITED");
  EXPECT_EQ(ClassifyCode("never_seen", "", 429).reason, "RATE_LIMITED");
}

TEST(ClassifyError, WaitsForTheDailyQuotaUntilMidnightOfUtcPlus8) {
  const ErrorClass error_class =
      ClassifyCode("error_limit", "The total API call number has reached the daily API call limit");
  EXPECT_EQ(error_class.code, Code::kResourceExhausted);
  EXPECT_EQ(error_class.reason, "DAILY_QUOTA");
  EXPECT_EQ(error_class.retry_class, RetryClass::kNone);
  EXPECT_EQ(kNow + error_class.retry_after.value(),
            absl::FromUnixSeconds(1'700'064'000));  // 2023-11-15 16:00 UTC
}

TEST(ClassifyError, AtMidnightTheQuotaLastsTheWholeDay) {
  const absl::Time midnight = absl::FromUnixSeconds(1'700'064'000);
  EXPECT_EQ(ClassifyError({.vendor_code = "error_limit"}, midnight).retry_after, absl::Hours(24));
}

TEST(ClassifyError, DoesNotTakeALimitOfLogisticsForTheQuota) {
  EXPECT_EQ(ClassifyCode("logistics.error_limit").reason, "WRONG_STATE");
}

TEST(ClassifyError, TakesALimitOfAModuleForTheQuotaOnlyWhenItsTextSpeaksOfTheDay) {
  EXPECT_EQ(ClassifyCode("product.error_limit", "The total API calls of this day are used up.").reason,
            "DAILY_QUOTA");
  EXPECT_EQ(ClassifyCode("common.error_limit").reason, "DAILY_QUOTA");
  EXPECT_EQ(ClassifyCode("product.error_limit", "At most 9 images.").reason, "ARGUMENT_REFUSED");
  EXPECT_EQ(ClassifyCode("order.error_limit", "Can not cancel this order").reason, "WRONG_STATE");
}

TEST(ClassifyError, ReadsACodeBehindTheNameOfAnyModule) {
  EXPECT_EQ(ClassifyCode("media_space.error_auth", "Invalid access_token.").reason, "TOKEN_REJECTED");
  EXPECT_EQ(ClassifyCode("product.error_auth", "No permission.").reason, "ACCESS_DENIED");
  EXPECT_EQ(ClassifyCode("ads.v2.error_network").reason, "UPSTREAM_UNAVAILABLE");
  EXPECT_EQ(ClassifyCode("See here. error_network").reason, "UPSTREAM_ERROR") << "a sentence is no code";
}

TEST(ClassifyError, ReadsOtherWordsOfTheSameMeaning) {
  const struct {
    const char* code;
    const char* text;
    const char* reason;
  } kTold[] = {
      {"common.error_auth", "Invalid sign", "PARTNER_MISCONFIGURED"},
      {"error_auth", "Invalid signature", "PARTNER_MISCONFIGURED"},
      {"error_param", "Wrong sign.", "PARTNER_MISCONFIGURED"},
      {"error_auth", "The sign is wrong", "PARTNER_MISCONFIGURED"},
      {"error_auth", "Sign is not correct", "PARTNER_MISCONFIGURED"},
      {"product.error_auth", "sign verification failed", "PARTNER_MISCONFIGURED"},
      {"error_param", "Missing sign", "PARTNER_MISCONFIGURED"},
      {"error_auth", "The partner does not exist", "PARTNER_MISCONFIGURED"},
      {"error_param", "The design is wrong", "ARGUMENT_REFUSED"},
      {"error_param", "Invalid timestamp", "CLOCK_SKEW"},
      {"error_auth", "invalid  timestamp", "CLOCK_SKEW"},
      {"error_param", "Timestamp has expired", "CLOCK_SKEW"},
      {"error_auth", "The timestamp was expired", "CLOCK_SKEW"},
      {"error_param", "timestamp invalid", "CLOCK_SKEW"},
      {"error_param", "Timestamp should be within 5 minutes", "CLOCK_SKEW"},
      {"error_param", "no timestamp", "PARTNER_MISCONFIGURED"},
      {"error_param", "Timestamp is invalid, should be an integer between 0 and 4294967295.",
       "PARTNER_MISCONFIGURED"},
      {"error_auth", "partner and shop has no linked", "SHOP_NOT_AUTHORIZED"},
      {"error_auth", "Partner_id and shop are not linked", "SHOP_NOT_AUTHORIZED"},
      {"error_auth", "partner and shop have not been linked", "SHOP_NOT_AUTHORIZED"},
      {"error_param", "There is no link between shop and partner", "SHOP_NOT_AUTHORIZED"},
      {"error_param", "Shop is not linked to the partner", "SHOP_NOT_AUTHORIZED"},
      {"error_param", "The shop's warehouse is not linked to this channel", "ARGUMENT_REFUSED"},
      {"error_param", "The partner's redirect link is empty", "ARGUMENT_REFUSED"},
      {"error_auth", "Your access to shop has expired.", "SHOP_NOT_AUTHORIZED"},
      {"error_auth", "Your access token has expired.", "TOKEN_REJECTED"},
      {"error_auth",
       "Invalid\xC2\xA0"
       "access_token",
       "TOKEN_REJECTED"},
      {"error_auth", "No permission to sign in", "ACCESS_DENIED"},
  };
  for (const auto& told : kTold)
    EXPECT_EQ(ClassifyCode(told.code, told.text).reason, told.reason) << told.text;
}

TEST(ClassifyError, RetriesReadsAfterTroubleOfShopee) {
  for (const char* code : {"error_server", "error_network", "error_data", "firstmile.system_error",
                           "error_system_busy", "logistics.error_inner"}) {
    const ErrorClass error_class = ClassifyCode(code);
    EXPECT_EQ(error_class.code, Code::kUnavailable) << code;
    EXPECT_EQ(error_class.retry_class, RetryClass::kRetryRead) << code;
  }
  for (const char* text : {"System error, please try again later.", "Inner error, please try later. [4]"}) {
    EXPECT_EQ(ClassifyCode("error_auth", text).code, Code::kUnavailable) << text;
    EXPECT_EQ(ClassifyCode("product.error_param", text).code, Code::kUnavailable) << text;
  }
}

TEST(ClassifyError, ReadsOneCodeByItsText) {
  EXPECT_EQ(ClassifyCode("firstmile.error", "The FM code does not exist").code, Code::kNotFound);
  EXPECT_EQ(ClassifyCode("firstmile.error", "System error, please contact Shopee").code, Code::kUnavailable);
  EXPECT_EQ(ClassifyCode("firstmile.error", "The FM status is incorrect.").code, Code::kFailedPrecondition);
  EXPECT_EQ(
      ClassifyCode("common.unknown_error", "Unknown error, detail: error_key:FM_DATE_FORMAT_ERROR.").code,
      Code::kInvalidArgument);
}

TEST(ClassifyError, IgnoresSpaceAroundACode) {
  EXPECT_EQ(ClassifyCode(" firstmile.order_not_exist").code, Code::kNotFound);
}

TEST(ClassifyError, PassesAnUnknownCodeOn) {
  EXPECT_EQ(ClassifyCode("firstmile.brand_new").code, Code::kUnknown);
  EXPECT_EQ(ClassifyCode("firstmile.brand_new").reason, "UPSTREAM_ERROR");
  EXPECT_EQ(ClassifyCode("firstmile.brand_new").retry_class, RetryClass::kNone);
  EXPECT_EQ(ClassifyCode("firstmile.brand_new", "", 503).code, Code::kUnavailable);
}

TEST(ClassifyError, FallsBackToTheHttpStatusWithoutAnEnvelope) {
  EXPECT_EQ(ClassifyStatus(401).code, Code::kPermissionDenied);
  EXPECT_EQ(ClassifyStatus(403).retry_class, RetryClass::kNone);
  EXPECT_EQ(ClassifyStatus(404).reason, "ENDPOINT_MISSING");
  EXPECT_EQ(ClassifyStatus(302).reason, "ENDPOINT_MISSING");
  EXPECT_EQ(ClassifyStatus(400).code, Code::kUnknown);
  EXPECT_EQ(ClassifyStatus(502).code, Code::kUnavailable);
  EXPECT_EQ(ClassifyStatus(502).retry_class, RetryClass::kRetryRead);
  EXPECT_EQ(ClassifyStatus(0).reason, "UPSTREAM_NO_ANSWER") << "nothing says that the call was not sent";
}

TEST(ClassifyError, CallsASuccessThatNobodyCanReadInternal) {
  EXPECT_EQ(ClassifyStatus(200).code, Code::kInternal);
  EXPECT_EQ(ClassifyStatus(200).reason, "ANSWER_UNREADABLE");
  EXPECT_EQ(ClassifyStatus(200).retry_class, RetryClass::kRetryRead);
}

TEST(ClassifyError, SaysWhetherTheAnswerIsKnown) {
  EXPECT_TRUE(ClassifyCode("firstmile.order_not_exist").known);
  EXPECT_FALSE(ClassifyCode("firstmile.brand_new").known);
  EXPECT_FALSE(ClassifyCode("firstmile.brand_new", "", 503).known);
  EXPECT_TRUE(ClassifyStatus(503).known);
  EXPECT_TRUE(ClassifyStatus(0).known);
  EXPECT_FALSE(ClassifyStatus(400).known);
}

TEST(ClassifyError, GivesTheRemedyOfTheRow) {
  EXPECT_EQ(ClassifyCode("logistics.package_number_not_exist").remedy,
            "Give the package_number: the order is split into several packages.");
}

TEST(ClassifyError, TellsWaitingFromActing) {
  EXPECT_EQ(ClassifyCode("logistics.error_param", "The order status is not ready to ship.").reason,
            "NOT_READY_YET");
  EXPECT_EQ(ClassifyCode("logistics.error_param", "Order has been shipped.").reason, "ALREADY_SHIPPED");
  EXPECT_EQ(ClassifyCode("logistics.error_param", "Order/Forder can not update.").reason, "WRONG_STATE");
}

TEST(Explain, NamesTheRowThatDecided) {
  const Explanation told = Explain("Firstmile.error", "The FM code does not exist", 200, kNow);
  EXPECT_EQ(told.error_class.reason, "NOT_FOUND");
  EXPECT_EQ(told.row_code, "firstmile.error");
  EXPECT_EQ(told.row_text, "does not exist");
  EXPECT_EQ(told.row_http_status, "");
  EXPECT_EQ(told.section, "What does not exist");
}

TEST(Explain, NamesTheStatusThatDecided) {
  const Explanation told = Explain("brand_new", "", 503, kNow);
  EXPECT_EQ(told.error_class.reason, "UPSTREAM_UNAVAILABLE");
  EXPECT_FALSE(told.error_class.known);
  EXPECT_EQ(told.row_code, "");
  EXPECT_EQ(told.row_http_status, "5xx");
}

TEST(IsAllFailedBatch, KnowsTheCodeInEveryModule) {
  EXPECT_TRUE(IsAllFailedBatch("firstmile.batch_api_all_failed"));
  EXPECT_TRUE(IsAllFailedBatch("common.batch_api_all_failed"));
  EXPECT_FALSE(IsAllFailedBatch("firstmile.business_error"));
  EXPECT_FALSE(IsAllFailedBatch(""));
}

}  // namespace
}  // namespace firstmile::errors

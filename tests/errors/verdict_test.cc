#include "errors/verdict.h"

#include <gtest/gtest.h>

#include <string>

namespace firstmile::errors {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);  // 2023-11-14 22:13:20 UTC

Verdict JudgeCode(const std::string& code, const std::string& text = "", int http_status = 200) {
  return Judge({.vendor_code = code, .vendor_message = text, .request_id = "r1", .http_status = http_status},
               kNow);
}

Verdict JudgeStatus(int http_status) {
  return JudgeCode("", "", http_status);
}

TEST(Judge, RefreshesTheTokenWhenThePlatformRejectsIt) {
  for (const char* code : {"invalid_acceess_token", "error_auth", "common.error_auth"}) {
    const Verdict verdict = JudgeCode(code, "Invalid access_token.", 403);
    EXPECT_EQ(verdict.code, Code::kUnauthenticated) << code;
    EXPECT_EQ(verdict.reason, "TOKEN_REJECTED") << code;
    EXPECT_EQ(verdict.recovery, Recovery::kRefreshToken) << code;
  }
}

TEST(Judge, NeverRefreshesForAPermission) {
  for (const char* code : {"error_auth", "error_permission", "error_api_permission", "firstmile.auth"}) {
    const Verdict verdict = JudgeCode(code, "No permission to current api.");
    EXPECT_EQ(verdict.code, Code::kPermissionDenied) << code;
    EXPECT_EQ(verdict.recovery, Recovery::kNone) << code;
  }
}

TEST(Judge, AsksForANewAuthorization) {
  for (const char* code : {"shop_no_linked", "partner_shop_no_link", "shop_access_expired"}) {
    const Verdict verdict = JudgeCode(code);
    EXPECT_EQ(verdict.code, Code::kFailedPrecondition) << code;
    EXPECT_EQ(verdict.reason, "SHOP_NOT_AUTHORIZED") << code;
    EXPECT_EQ(verdict.recovery, Recovery::kNone) << code;
  }
}

TEST(Judge, TellsAWrongClockFromAWrongKey) {
  const Verdict clock = JudgeCode("error_param", "Timestamp is expired.");
  EXPECT_EQ(clock.code, Code::kFailedPrecondition);
  EXPECT_EQ(clock.reason, "CLOCK_SKEW");
  const Verdict key = JudgeCode("error_sign", "Wrong sign.");
  EXPECT_EQ(key.code, Code::kFailedPrecondition);
  EXPECT_EQ(key.reason, "PARTNER_MISCONFIGURED");
}

TEST(Judge, BacksOffAtTheRateLimit) {
  const Verdict verdict = JudgeCode("error_rate_limit", "Too many requests.");
  EXPECT_EQ(verdict.code, Code::kResourceExhausted);
  EXPECT_EQ(verdict.reason, "RATE_LIMITED");
  EXPECT_EQ(verdict.recovery, Recovery::kBackOff);
  EXPECT_EQ(verdict.retry_after, absl::Seconds(1));
  EXPECT_EQ(JudgeStatus(429).reason, "RATE_LIMITED");
  EXPECT_EQ(JudgeCode("never_seen", "", 429).reason, "RATE_LIMITED");
}

TEST(Judge, WaitsForTheDailyQuotaUntilMidnightOfUtcPlus8) {
  const Verdict verdict =
      JudgeCode("error_limit", "The total API call number has reached the daily API call limit");
  EXPECT_EQ(verdict.code, Code::kResourceExhausted);
  EXPECT_EQ(verdict.reason, "DAILY_QUOTA");
  EXPECT_EQ(verdict.recovery, Recovery::kNone);
  EXPECT_EQ(kNow + verdict.retry_after.value(),
            absl::FromUnixSeconds(1'700'064'000));  // 2023-11-15 16:00 UTC
}

TEST(Judge, AtMidnightTheQuotaLastsTheWholeDay) {
  const absl::Time midnight = absl::FromUnixSeconds(1'700'064'000);
  EXPECT_EQ(Judge({.vendor_code = "error_limit"}, midnight).retry_after, absl::Hours(24));
}

TEST(Judge, DoesNotTakeALimitOfLogisticsForTheQuota) {
  EXPECT_EQ(JudgeCode("logistics.error_limit").reason, "WRONG_STATE");
}

TEST(Judge, RetriesReadsAfterTroubleOfThePlatform) {
  for (const char* code : {"error_server", "error_network", "error_data", "firstmile.system_error"}) {
    const Verdict verdict = JudgeCode(code);
    EXPECT_EQ(verdict.code, Code::kUnavailable) << code;
    EXPECT_EQ(verdict.recovery, Recovery::kRetryRead) << code;
  }
  EXPECT_EQ(JudgeCode("error_auth", "System error, please try again later.").code, Code::kUnavailable);
}

TEST(Judge, ReadsOneCodeByItsText) {
  EXPECT_EQ(JudgeCode("firstmile.error", "The FM code does not exist").code, Code::kNotFound);
  EXPECT_EQ(JudgeCode("firstmile.error", "System error, please contact Shopee").code, Code::kUnavailable);
  EXPECT_EQ(JudgeCode("firstmile.error", "The FM status is incorrect.").code, Code::kFailedPrecondition);
  EXPECT_EQ(JudgeCode("common.unknown_error", "Unknown error, detail: error_key:FM_DATE_FORMAT_ERROR.").code,
            Code::kInvalidArgument);
}

TEST(Judge, IgnoresSpaceAroundACode) {
  EXPECT_EQ(JudgeCode(" firstmile.order_not_exist").code, Code::kNotFound);
}

TEST(Judge, PassesAnUnknownCodeOn) {
  EXPECT_EQ(JudgeCode("firstmile.brand_new").code, Code::kUnknown);
  EXPECT_EQ(JudgeCode("firstmile.brand_new").reason, "UPSTREAM_ERROR");
  EXPECT_EQ(JudgeCode("firstmile.brand_new").recovery, Recovery::kNone);
  EXPECT_EQ(JudgeCode("firstmile.brand_new", "", 503).code, Code::kUnavailable);
}

TEST(Judge, FallsBackToTheHttpStatusWithoutAnEnvelope) {
  EXPECT_EQ(JudgeStatus(401).code, Code::kPermissionDenied);
  EXPECT_EQ(JudgeStatus(403).recovery, Recovery::kNone);
  EXPECT_EQ(JudgeStatus(404).reason, "ENDPOINT_MISSING");
  EXPECT_EQ(JudgeStatus(302).reason, "ENDPOINT_MISSING");
  EXPECT_EQ(JudgeStatus(400).code, Code::kUnknown);
  EXPECT_EQ(JudgeStatus(502).code, Code::kUnavailable);
  EXPECT_EQ(JudgeStatus(502).recovery, Recovery::kRetryRead);
  EXPECT_EQ(JudgeStatus(0).reason, "UPSTREAM_UNREACHABLE");
}

TEST(Judge, CallsASuccessThatNobodyCanReadInternal) {
  EXPECT_EQ(JudgeStatus(200).code, Code::kInternal);
  EXPECT_EQ(JudgeStatus(200).reason, "ANSWER_UNREADABLE");
  EXPECT_EQ(JudgeStatus(200).recovery, Recovery::kRetryRead);
}

TEST(Judge, SaysWhetherTheAnswerIsKnown) {
  EXPECT_TRUE(JudgeCode("firstmile.order_not_exist").known);
  EXPECT_FALSE(JudgeCode("firstmile.brand_new").known);
  EXPECT_FALSE(JudgeCode("firstmile.brand_new", "", 503).known);
  EXPECT_TRUE(JudgeStatus(503).known);
  EXPECT_TRUE(JudgeStatus(0).known);
  EXPECT_FALSE(JudgeStatus(400).known);
}

TEST(Judge, GivesTheRemedyOfTheRow) {
  EXPECT_EQ(JudgeCode("logistics.package_number_not_exist").remedy,
            "Give the package_number: the order is split into several packages.");
}

TEST(Judge, TellsWaitingFromActing) {
  EXPECT_EQ(JudgeCode("logistics.error_param", "The order status is not ready to ship.").reason,
            "NOT_READY_YET");
  EXPECT_EQ(JudgeCode("logistics.error_param", "Order has been shipped.").reason, "ALREADY_SHIPPED");
  EXPECT_EQ(JudgeCode("logistics.error_param", "Order/Forder can not update.").reason, "WRONG_STATE");
}

TEST(Explain, NamesTheRowThatDecided) {
  const Explanation told = Explain("Firstmile.error", "The FM code does not exist", 200, kNow);
  EXPECT_EQ(told.verdict.reason, "NOT_FOUND");
  EXPECT_EQ(told.row_code, "firstmile.error");
  EXPECT_EQ(told.row_text, "does not exist");
  EXPECT_EQ(told.row_http_status, "");
  EXPECT_EQ(told.section, "What does not exist");
}

TEST(Explain, NamesTheStatusThatDecided) {
  const Explanation told = Explain("brand_new", "", 503, kNow);
  EXPECT_EQ(told.verdict.reason, "UPSTREAM_UNAVAILABLE");
  EXPECT_FALSE(told.verdict.known);
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

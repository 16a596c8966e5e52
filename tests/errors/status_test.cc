#include "errors/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

namespace firstmile::errors {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

template <typename Detail>
Detail DetailOf(const google::rpc::Status& status, int index) {
  Detail detail;
  EXPECT_LT(index, status.details_size());
  if (index < status.details_size()) EXPECT_TRUE(status.details(index).UnpackTo(&detail));
  return detail;
}

UpstreamFailure Refusal() {
  return {.vendor_code = "firstmile.order_not_exist",
          .vendor_message = "Order is not exist.",
          .request_id = "req-1",
          .http_status = 200};
}

TEST(FromUpstream, MasksTheSecretsOfAnEchoedUrl) {
  UpstreamFailure failure;
  failure.vendor_code = "error_param";
  failure.vendor_message =
      "GET /api/v2/x?access_token=canary1&sign=canary2&shop_id=1 (refresh_token=canary3) failed";
  const google::rpc::Status status = FromUpstream(ClassifyError(failure, absl::UnixEpoch()), failure, "S/M");
  EXPECT_EQ(status.message(),
            "error_param: GET /api/v2/x?access_token=***&sign=***&shop_id=1 (refresh_token=***) failed");
}

TEST(FromUpstream, MasksTheTokensOfAnEchoedTokenAnswer) {
  UpstreamFailure failure;
  failure.http_status = 200;
  failure.vendor_message =
      R"({"access_token" : "canary1","refresh_token":"canary2","more":[{\"access_token\":\"canary3\"}],)"
      R"("access_token":["canary4"],"x":1})";
  const google::rpc::Status status = FromUpstream(ClassifyError(failure, absl::UnixEpoch()), failure, "S/M");
  EXPECT_THAT(status.message(), ::testing::Not(HasSubstr("canary"))) << status.message();
  EXPECT_THAT(status.message(), HasSubstr(R"("x":1)"));
  failure.vendor_message = "the access_token: it is missing";
  EXPECT_THAT(FromUpstream(ClassifyError(failure, absl::UnixEpoch()), failure, "S/M").message(),
              HasSubstr("the access_token: it is missing"));
}

TEST(FromUpstream, SaysWhatShopeeSaid) {
  const google::rpc::Status status =
      FromUpstream(ClassifyError(Refusal(), absl::UnixEpoch()), Refusal(), "FirstMileService/GetDetail");
  EXPECT_EQ(status.code(), 5);
  EXPECT_EQ(status.message(), "firstmile.order_not_exist: Order is not exist.");
  ASSERT_EQ(status.details_size(), 1);
  const auto info = DetailOf<google::rpc::ErrorInfo>(status, 0);
  EXPECT_EQ(info.reason(), "NOT_FOUND");
  EXPECT_EQ(info.domain(), "firstmile");
  EXPECT_THAT(info.metadata(), UnorderedElementsAre(Pair("vendorCode", "firstmile.order_not_exist"),
                                                    Pair("httpStatus", "200"), Pair("requestId", "req-1"),
                                                    Pair("operation", "FirstMileService/GetDetail"),
                                                    Pair("remedy", HasSubstr("belongs to this shop"))));
}

TEST(FromUpstream, ARemedySpeaksOfTheMerchantThatCalls) {
  ErrorClass error_class{.code = Code::kPermissionDenied,
                         .reason = "ACCESS_DENIED",
                         .remedy = "Ask the shop, this shop's owner or the workshop."};
  const auto remedy_for = [&](subjects::SubjectKind caller) {
    const google::rpc::Status status = FromUpstream(error_class, Refusal(), "S/M", caller);
    return DetailOf<google::rpc::ErrorInfo>(status, 0).metadata().at("remedy");
  };
  EXPECT_EQ(remedy_for(subjects::SubjectKind::kMerchant),
            "Ask the merchant, this merchant's owner or the workshop.");
  EXPECT_EQ(remedy_for(subjects::SubjectKind::kShop), error_class.remedy);
}

TEST(FromUpstream, LeavesEmptyFactsOut) {
  const google::rpc::Status status =
      FromUpstream({.code = Code::kUnknown, .reason = "UPSTREAM_ERROR"}, {}, "");
  EXPECT_THAT(DetailOf<google::rpc::ErrorInfo>(status, 0).metadata(),
              UnorderedElementsAre(Pair("remedy", "Read Shopee's code and text.")));
  EXPECT_EQ(status.message(), "No response came from Shopee.");
}

TEST(FromUpstream, NamesTheHttpStatusOfAnAnswerWithoutEnvelope) {
  const UpstreamFailure failure{.http_status = 502};
  const google::rpc::Status status = FromUpstream(ClassifyError(failure, absl::UnixEpoch()), failure, "A/B");
  EXPECT_EQ(status.code(), 14);
  EXPECT_EQ(status.message(), "HTTP 502 from Shopee, with no error code and no text.");
}

TEST(FromUpstream, TellsHowLongToWait) {
  ErrorClass error_class{.code = Code::kResourceExhausted, .reason = "RATE_LIMITED"};
  error_class.retry_after = absl::Milliseconds(1500);
  const google::rpc::Status status = FromUpstream(error_class, Refusal(), "A/B");
  ASSERT_EQ(status.details_size(), 2);
  const auto info = DetailOf<google::rpc::RetryInfo>(status, 1);
  EXPECT_EQ(info.retry_delay().seconds(), 1);
  EXPECT_EQ(info.retry_delay().nanos(), 500'000'000);
}

TEST(FromUpstream, CutsLongVendorTextBetweenCharacters) {
  UpstreamFailure failure{.vendor_code = "e", .http_status = 200};
  for (std::size_t i = 0; i < kVendorTextMax; ++i) failure.vendor_message += "\xE4\xB8\xAD";
  const google::rpc::Status status = FromUpstream(ClassifyError(failure, absl::UnixEpoch()), failure, "A/B");
  EXPECT_EQ(status.message().size(), std::string("e: ").size() + kVendorTextMax / 3 * 3);
  EXPECT_THAT(status.message(), EndsWith("\xE4\xB8\xAD\xE2\x80\xA6"));  // marked as cut
}

TEST(FromUpstream, KeepsControlCharactersOutOfTheMessage) {
  UpstreamFailure failure = Refusal();
  failure.vendor_message = "line\r\nnext\x1B[31m\xFF";
  const google::rpc::Status status = FromUpstream(ClassifyError(failure, absl::UnixEpoch()), failure, "A/B");
  EXPECT_EQ(status.message(), "firstmile.order_not_exist: line  next [31m?");
}

// What a client of gRPC takes: 8 KiB of trailers, where the message stands in two forms.
TEST(FromUpstream, FitsIntoTheTrailersWhateverShopeeWrites) {
  UpstreamFailure failure{.http_status = 200};
  for (int i = 0; i < 100'000; ++i) failure.vendor_message += "\xE4\xB8\xAD";
  failure.vendor_code = failure.request_id = failure.vendor_message;
  const google::rpc::Status status = FromUpstream(ClassifyError(failure, absl::UnixEpoch()), failure, "A/B");
  EXPECT_LT(status.message().size() * 3 + status.ByteSizeLong() * 4 / 3, 7000U);
}

TEST(Local, KeepsFromATerminalWhatItWouldObey) {
  const google::rpc::Status status =
      Local(Code::kInternal, "X", absl::StrCat("a\x1B[2J\xC2\x9B", std::string(10'000, 'x')), "A/B");
  EXPECT_THAT(status.message(), ::testing::StartsWith("a [2J xx"));
  EXPECT_EQ(status.message().size(), kMessageMax);
}

TEST(Local, CarriesReasonAndOperation) {
  const google::rpc::Status status =
      Local(Code::kDeadlineExceeded, "DEADLINE_EXCEEDED", "Time is up.", "A/B");
  EXPECT_EQ(status.code(), 4);
  EXPECT_EQ(status.message(), "Time is up.");
  const auto info = DetailOf<google::rpc::ErrorInfo>(status, 0);
  EXPECT_EQ(info.reason(), "DEADLINE_EXCEEDED");
  EXPECT_THAT(info.metadata(),
              UnorderedElementsAre(Pair("operation", "A/B"), Pair("remedy", HasSubstr("more time"))));
}

TEST(InvalidRequest, NamesEveryFieldForProgramsAndPeople) {
  const google::rpc::Status status = InvalidRequest({{"a", "must be given"}, {"b[3].c", "is wrong"}}, "A/B");
  EXPECT_EQ(status.code(), 3);
  EXPECT_EQ(status.message(), "Not sent: a: must be given; b[3].c: is wrong");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status, 0).reason(), "REQUEST_INVALID");
  const auto details = DetailOf<google::rpc::BadRequest>(status, 1);
  ASSERT_EQ(details.field_violations_size(), 2);
  EXPECT_EQ(details.field_violations(1).field(), "b[3].c");
  EXPECT_EQ(details.field_violations(1).description(), "is wrong");
}

TEST(InvalidRequest, KeepsTheMessageShort) {
  const google::rpc::Status status = InvalidRequest(std::vector<Violation>(60, {"f", "bad"}), "A/B");
  EXPECT_THAT(status.message(), EndsWith("f: bad; and 55 more"));
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status, 1).field_violations_size(), 60);
}

}  // namespace
}  // namespace firstmile::errors

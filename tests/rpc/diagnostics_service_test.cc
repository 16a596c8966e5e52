// DiagnosticsService from its client's view.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "errors/failure.h"
#include "firstmile/v1/diagnostics_service.grpc.pb.h"
#include "signing/signer.h"
#include "support/token_fixture.h"

namespace firstmile::testing {
namespace {

constexpr std::int64_t kShop = emulator::kFirstShopId;
constexpr char kPath[] = "/api/v2/first_mile/get_detail";

class DiagnosticsServiceTest : public StoredTokensTest {
 protected:
  void SetUp() override {
    StartSidecar();
    stub_ = v1::DiagnosticsService::NewStub(channel_);
  }
  grpc::Status Explain(const v1::ExplainErrorRequest& request, v1::ExplainErrorResponse* response) {
    grpc::ClientContext context;
    return stub_->ExplainError(&context, request, response);
  }
  v1::ExplainErrorResponse Explained(const std::string& error, const std::string& message = "",
                                     int status = 200) {
    v1::ExplainErrorRequest request;
    request.set_error(error);
    request.set_message(message);
    request.set_http_status(status);
    v1::ExplainErrorResponse response;
    const grpc::Status ended = Explain(request, &response);
    EXPECT_TRUE(ended.ok()) << ended.error_message();
    return response;
  }
  grpc::Status Check(const v1::CheckSignatureRequest& request, v1::CheckSignatureResponse* response) {
    grpc::ClientContext context;
    return stub_->CheckSignature(&context, request, response);
  }
  v1::CheckSignatureResponse Checked(const std::string& url) {
    v1::CheckSignatureRequest request;
    request.set_url(url);
    v1::CheckSignatureResponse response;
    const grpc::Status ended = Check(request, &response);
    EXPECT_TRUE(ended.ok()) << ended.error_message();
    return response;
  }
  static std::vector<std::string> CodesOf(const v1::CheckSignatureResponse& response) {
    std::vector<std::string> codes;
    for (const v1::SignatureFinding& finding : response.findings())
      codes.push_back(v1::SignatureFindingCode_Name(finding.code())
                          .substr(std::string("SIGNATURE_FINDING_CODE_").size()));
    return codes;
  }
  static bool Has(const v1::CheckSignatureResponse& response, const std::string& code) {
    const std::vector<std::string> codes = CodesOf(response);
    return std::find(codes.begin(), codes.end(), code) != codes.end();
  }
  static std::string Now() { return absl::StrCat(absl::ToUnixSeconds(absl::Now())); }

  // A URL of `shop` signed over `base` with `key`.
  std::string UrlOf(std::int64_t shop, const std::string& token, const std::string& time,
                    const std::string& base,
                    const std::string& key = std::string(emulator::kDemoPartnerKey)) {
    return absl::StrCat(emulator_.base_url(), kPath, "?partner_id=", emulator::kDemoPartnerId,
                        "&timestamp=", time, "&access_token=", token, "&shop_id=", shop,
                        "&sign=", signing::HmacSha256Hex(key, base),
                        "&first_mile_tracking_number=CNF000000000003241101");
  }
  static std::string BaseOf(std::int64_t shop, const std::string& token, const std::string& time) {
    return absl::StrCat(emulator::kDemoPartnerId, kPath, time, token, shop);
  }

  std::unique_ptr<v1::DiagnosticsService::Stub> stub_;
};

TEST_F(DiagnosticsServiceTest, ExplainsARefusalAsTheSidecarAnswersIt) {
  const v1::ExplainErrorResponse told = Explained("firstmile.error", "The FM code does not exist");
  EXPECT_EQ(told.code(), v1::CANONICAL_CODE_NOT_FOUND);
  EXPECT_EQ(told.reason(), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(told.retry_class(), v1::RETRY_CLASS_NONE);
  EXPECT_FALSE(told.remedy().empty());
  EXPECT_FALSE(told.has_retry_delay());
  EXPECT_TRUE(told.known());
  EXPECT_EQ(told.row().code(), "firstmile.error");
  EXPECT_EQ(told.row().text(), "does not exist");

  AnswerWith(kPath, R"({"error":"firstmile.error","message":"The FM code does not exist","request_id":"r"})");
  v1::GetDetailRequest request;
  request.set_shop_id(kShop);
  request.set_first_mile_tracking_number("CNF000000000003241101");
  v1::GetDetailResponse response;
  grpc::ClientContext context;
  const grpc::Status met = first_mile_->GetDetail(&context, request, &response);
  EXPECT_EQ(met.error_code(), static_cast<int>(told.code()));
  EXPECT_EQ(errors::ReasonOf(ReasonOf(met)), told.reason());
  EXPECT_EQ(ErrorInfoOf(DetailsOf(met)).metadata().at("remedy"), told.remedy());
}

TEST_F(DiagnosticsServiceTest, ExplainsWhatTheSidecarDoesByItself) {
  EXPECT_EQ(Explained("invalid_acceess_token").retry_class(), v1::RETRY_CLASS_REFRESH_TOKEN);
  EXPECT_EQ(Explained("error_server").retry_class(), v1::RETRY_CLASS_IF_REPEATABLE);
  const v1::ExplainErrorResponse limited = Explained("error_rate_limit");
  EXPECT_EQ(limited.retry_class(), v1::RETRY_CLASS_BACK_OFF);
  EXPECT_EQ(limited.retry_delay().seconds(), 1);
  const v1::ExplainErrorResponse quota = Explained("error_limit");
  EXPECT_EQ(quota.reason(), v1::ERROR_REASON_DAILY_QUOTA);
  EXPECT_GT(quota.retry_delay().seconds(), 0);
  EXPECT_LE(quota.retry_delay().seconds(), 24 * 60 * 60);
}

TEST_F(DiagnosticsServiceTest, SaysWhenACodeIsUnknown) {
  const v1::ExplainErrorResponse told = Explained("firstmile.brand_new", "", 503);
  EXPECT_FALSE(told.known());
  EXPECT_EQ(told.reason(), v1::ERROR_REASON_UPSTREAM_UNAVAILABLE);
  EXPECT_EQ(told.row().code(), "");
  EXPECT_EQ(told.row().http_status(), "5xx");
  EXPECT_EQ(Explained("", "", 0).reason(), v1::ERROR_REASON_UPSTREAM_NO_ANSWER);
}

TEST_F(DiagnosticsServiceTest, ARightUrlMatches) {
  const std::string time = Now();
  const std::string token = emulator::DefaultAccessToken(kShop);
  const v1::CheckSignatureResponse told = Checked(UrlOf(kShop, token, time, BaseOf(kShop, token, time)));
  EXPECT_TRUE(told.signature_matches());
  EXPECT_EQ(told.operation(), "FirstMileService/GetDetail");
  EXPECT_EQ(told.scope(), v1::AUTH_SCOPE_SHOP);
  EXPECT_EQ(told.base_string(), absl::StrCat(emulator::kDemoPartnerId, kPath, time, "***", kShop));
  EXPECT_LE(told.clock_offset().seconds(), 0);
  EXPECT_EQ(CodesOf(told), (std::vector<std::string>{"HOST_UNKNOWN", "ENVIRONMENT_UNKNOWN"}));
}

TEST_F(DiagnosticsServiceTest, TheContractSaysWhichIdentityAPathNeeds) {
  const std::string time = Now();
  const std::string url = absl::StrCat(
      emulator_.base_url(), kPath, "?partner_id=", emulator::kDemoPartnerId, "&timestamp=", time, "&sign=",
      signing::HmacSha256Hex(emulator::kDemoPartnerKey, absl::StrCat(emulator::kDemoPartnerId, kPath, time)));
  const v1::CheckSignatureResponse told = Checked(url);
  EXPECT_FALSE(told.signature_matches());
  EXPECT_EQ(told.scope(), v1::AUTH_SCOPE_SHOP);
  EXPECT_EQ(told.findings(0).code(), v1::SIGNATURE_FINDING_CODE_SIGNED_AS_PUBLIC);
  EXPECT_EQ(told.findings(0).certainty(), v1::FINDING_CERTAINTY_PROVEN);
}

TEST_F(DiagnosticsServiceTest, TheCallerMayBringItsOwnKey) {
  const std::string key(64, 'f');
  const std::string time = Now();
  v1::CheckSignatureRequest request;
  request.set_url(UrlOf(kShop, "token", time, BaseOf(kShop, "token", time), key));
  v1::CheckSignatureResponse told;
  ASSERT_TRUE(Check(request, &told).ok());
  EXPECT_TRUE(Has(told, "NO_KNOWN_MISTAKE"));
  request.set_partner_key(key);
  ASSERT_TRUE(Check(request, &told).ok());
  EXPECT_TRUE(told.signature_matches());
}

TEST_F(DiagnosticsServiceTest, AnOldUrlIsCheckedAgainstTheTimeWhenItWasSent) {
  v1::CheckSignatureRequest request;
  request.set_url(UrlOf(kShop, "token", "1700000000", BaseOf(kShop, "token", "1700000000")));
  v1::CheckSignatureResponse told;
  ASSERT_TRUE(Check(request, &told).ok());
  EXPECT_TRUE(Has(told, "TIMESTAMP_EXPIRED"));
  request.mutable_sent_time()->set_seconds(1700000010);
  ASSERT_TRUE(Check(request, &told).ok());
  EXPECT_FALSE(Has(told, "TIMESTAMP_EXPIRED"));
  EXPECT_EQ(told.clock_offset().seconds(), -10);
}

TEST_F(DiagnosticsServiceTest, AUrlThatWasCopiedFromAPageIsComparedAsItWasBefore) {
  const std::string time = Now();
  const std::string token = emulator::DefaultAccessToken(kShop);
  const std::string url = UrlOf(kShop, token, time, BaseOf(kShop, token, time));
  const v1::CheckSignatureResponse blank =
      Checked(absl::StrReplaceAll(url, {{"&access_token=" + token, "&access_token=" + token + " "}}));
  EXPECT_EQ(CodesOf(blank), (std::vector<std::string>{"BLANK_IN_URL", "HOST_UNKNOWN"}));
  const v1::CheckSignatureResponse swallowed =
      Checked(absl::StrReplaceAll(url, {{"&timestamp=", "\xC3\x97tamp="}}));
  EXPECT_EQ(CodesOf(swallowed), (std::vector<std::string>{"PARAMETER_SWALLOWED", "HOST_UNKNOWN"}));
  EXPECT_FALSE(swallowed.signature_matches());
}

TEST_F(DiagnosticsServiceTest, ATokenCallThatSignedMembersOfItsBodyIsDiagnosed) {
  const std::string path = "/api/v2/auth/token/get";
  const std::string time = Now();
  const std::string base = absl::StrCat(emulator::kDemoPartnerId, path, time, "c0de", kShop);
  v1::CheckSignatureRequest request;
  request.set_url(absl::StrCat(emulator_.base_url(), path, "?partner_id=", emulator::kDemoPartnerId,
                               "&timestamp=", time,
                               "&sign=", signing::HmacSha256Hex(emulator::kDemoPartnerKey, base)));
  v1::CheckSignatureResponse told;
  ASSERT_TRUE(Check(request, &told).ok());
  EXPECT_TRUE(Has(told, "NO_KNOWN_MISTAKE")) << "nothing is known of the body";
  request.set_body(absl::StrCat(R"({"code":"c0de","shop_id":)", kShop, R"(,"partner_id":2001887})"));
  ASSERT_TRUE(Check(request, &told).ok());
  EXPECT_TRUE(Has(told, "BODY_MEMBERS_SIGNED"));
}

TEST_F(DiagnosticsServiceTest, KnowsATokenOfAnotherShopFromTheConfiguration) {
  const std::string time = Now();
  const std::string token = emulator::DefaultAccessToken(kShop + 1);
  const v1::CheckSignatureResponse told = Checked(UrlOf(kShop, token, time, BaseOf(kShop, token, time)));
  ASSERT_TRUE(Has(told, "TOKEN_OF_ANOTHER_SUBJECT"));
  EXPECT_EQ(told.findings(0).explanation(),
            absl::StrCat("The token in the query belongs to shop ", kShop + 1, "."));
}

TEST_F(DiagnosticsServiceTest, KnowsATokenOfAnotherShopAmongTheStoredOnesWhenItIsNamed) {
  constexpr std::int64_t kOther = kShop + 7;
  LogIn(kOther);
  const std::string time = Now();
  const std::string token = emulator_.ShopTokens(kOther).access_token;
  v1::CheckSignatureRequest request;
  request.set_url(UrlOf(kShop, token, time, BaseOf(kShop, token, time)));
  v1::CheckSignatureResponse told;
  ASSERT_TRUE(Check(request, &told).ok());
  EXPECT_FALSE(Has(told, "TOKEN_OF_ANOTHER_SUBJECT"));
  EXPECT_TRUE(Has(told, "TOKEN_NOT_CURRENT"));
  request.add_other_ids(kOther);
  ASSERT_TRUE(Check(request, &told).ok());
  EXPECT_TRUE(Has(told, "TOKEN_OF_ANOTHER_SUBJECT"));
}

TEST_F(DiagnosticsServiceTest, NamesTheFieldOfABadRequest) {
  const auto field = [](const grpc::Status& status) {
    google::rpc::BadRequest bad;
    const google::rpc::Status whole = DetailsOf(status);
    for (const auto& detail : whole.details()) {
      if (detail.UnpackTo(&bad)) return bad.field_violations(0).field();
    }
    return std::string();
  };
  v1::CheckSignatureRequest request;
  v1::CheckSignatureResponse told;
  EXPECT_EQ(field(Check(request, &told)), "url");
  request.set_url("no url");
  EXPECT_EQ(field(Check(request, &told)), "url");
  request.set_url("/api/v2/" + std::string(32768, 'a'));
  EXPECT_EQ(field(Check(request, &told)), "url");
  request.set_url("/api/v2/x");
  request.set_partner_key(std::string(1025, 'k'));
  EXPECT_EQ(field(Check(request, &told)), "partner_key");
  request.clear_partner_key();
  request.set_scope(static_cast<v1::AuthScope>(99));
  EXPECT_EQ(field(Check(request, &told)), "scope");
  request.clear_scope();
  for (int i = 0; i < 101; ++i) request.add_other_ids(i);
  EXPECT_EQ(field(Check(request, &told)), "other_ids");

  v1::ExplainErrorRequest error;
  v1::ExplainErrorResponse explained;
  error.set_http_status(42);
  EXPECT_EQ(field(Explain(error, &explained)), "http_status");
  error.set_http_status(0);
  error.set_message(std::string(4097, 'm'));
  EXPECT_EQ(field(Explain(error, &explained)), "message");
}

// Captures the log of the sidecar's whole life.
class DiagnosticsLogTest : public DiagnosticsServiceTest {
 protected:
  void SetUp() override {
    ::testing::internal::CaptureStderr();
    ops::StartLog(ops::LogLevel::kInfo);
    DiagnosticsServiceTest::SetUp();
  }
  std::string EndAndReadLog() {
    sidecar_.reset();
    ops::EndLog();
    ops::StartLog(ops::LogLevel::kOff);
    return ::testing::internal::GetCapturedStderr();
  }
};

// Unique texts: each one found in an answer or a log line is a leak.
TEST_F(DiagnosticsLogTest, NoSecretOfARequestComesBack) {
  const std::string key = "canarykeycanarykeycanarykeycanarykeycanarykeycanarykeycanarykey0";
  const std::string token = "canarytokencanarytoken";
  const std::string time = Now();
  const std::string right = signing::HmacSha256Hex(key, BaseOf(kShop, token, time));
  const std::vector<std::string> urls = {
      UrlOf(kShop, token, time, BaseOf(kShop, token, time), key),
      UrlOf(kShop, token, time, absl::StrCat("wrong", token), key),
      absl::StrCat("/api/v2/", token, "?partner_id=", key, "&shop_id=", token, "&timestamp=", token,
                   "&sign=", key),
      absl::StrCat(token, "?sign=", right), absl::StrCat("https://", token, "/api/v2/x?", key, "=", token)};
  std::string said;
  for (const std::string& url : urls) {
    v1::CheckSignatureRequest request;
    request.set_url(url);
    request.set_partner_key(key);
    request.set_body(token);
    v1::CheckSignatureResponse told;
    const grpc::Status status = Check(request, &told);
    absl::StrAppend(&said, told.DebugString(), status.error_message(), status.error_details());
  }
  absl::StrAppend(&said, EndAndReadLog());
  EXPECT_TRUE(absl::StrContains(said, "DiagnosticsService/CheckSignature")) << "no log line was seen";
  for (const std::string& secret : {std::string("canary"), right}) {
    EXPECT_FALSE(absl::StrContains(said, secret)) << said;
  }
}

}  // namespace
}  // namespace firstmile::testing

// What the gateway promises about tokens, signatures, retries and outcomes, over a scripted transport.
#include "gateway/gateway.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/match.h"
#include "firstmile/v1/first_mile_numbers.pb.h"
#include "firstmile/v1/logistics_tracking.pb.h"
#include "google/rpc/error_details.pb.h"
#include "support/manual_clock.h"
#include "support/run_task.h"
#include "support/scripted_transport.h"
#include "tokens/token_refusals.h"

namespace firstmile::gateway {
namespace {

using ::firstmile::testing::Answer;
using ::firstmile::testing::Failure;
using ::firstmile::testing::ManualClock;
using ::firstmile::testing::ScriptedTransport;
using ::firstmile::testing::Settle;
using ::firstmile::testing::StartOnLoop;
using transport::HttpFailure;

constexpr int kOk = 0;
constexpr int kCancelled = 1;
constexpr int kUnknown = 2;
constexpr int kDeadlineExceeded = 4;
constexpr int kPermissionDenied = 7;
constexpr int kResourceExhausted = 8;
constexpr int kFailedPrecondition = 9;
constexpr int kInternal = 13;
constexpr int kUnavailable = 14;
constexpr int kUnauthenticated = 16;

constexpr char kFound[] =
    R"({"request_id":"r","error":"","message":"","response":{"tracking_number":"MY1"}})";
constexpr char kGenerated[] =
    R"({"request_id":"r","error":"","response":{"first_mile_tracking_number_list":["CNF1"]}})";
constexpr char kTokenRefused[] =
    R"({"request_id":"r","error":"invalid_acceess_token","message":"Invalid access_token, please have a check."})";
constexpr char kNoPermission[] = R"({"request_id":"r","error":"error_permission","message":"no"})";
constexpr char kRateLimited[] =
    R"({"request_id":"r","error":"error_rate_limit","message":"Too many requests."})";
constexpr char kTooLate[] = R"({"request_id":"r","error":"error_param","message":"Timestamp is expired."})";
constexpr char kSystemError[] =
    R"({"request_id":"r","error":"error_server","message":"Something wrong. Please try later."})";

// Gives "token-1"; after a refusal "token-2", once.
class TwoTokens final : public tokens::AccessTokens {
 public:
  async::Task<tokens::TokenAnswer> Get(std::int64_t shop_id, std::stop_token) override {
    ++gets;
    if (!known) co_return tokens::TokenAnswer{{}, tokens::UnknownSubject(tokens::Shop(shop_id))};
    co_return tokens::TokenAnswer{secrets::Secret(std::string("token-1")), std::nullopt};
  }
  async::Task<tokens::TokenAnswer> Replace(std::int64_t shop_id, secrets::Secret rejected,
                                           std::stop_token) override {
    ++replaces;
    if (refusal.has_value()) co_return tokens::TokenAnswer{{}, refusal};
    if (rejected.Reveal() != "token-1") {
      co_return tokens::TokenAnswer{{}, tokens::NotRenewable(tokens::Shop(shop_id))};
    }
    co_return tokens::TokenAnswer{secrets::Secret(std::string("token-2")), std::nullopt};
  }

  bool known = true;
  std::optional<tokens::TokenRefusal> refusal;
  int gets = 0;
  int replaces = 0;
};

const google::protobuf::ServiceDescriptor* Service(const char* name) {
  return google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
}

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest() {
    read_.set_shop_id(600000);
    read_.set_order_sn("201214JASXYXY6");
    write_.set_shop_id(600000);
    write_.set_declare_date("2030-01-01");
  }
  ~GatewayTest() override { loop_.Stop(); }

  CallContext Context() {
    return CallContext{.deadline = clock_.Monotonic() + std::chrono::seconds(30),
                       .stop = stop_.get_token(),
                       .access_token = {}};
  }
  std::future<CallReport> StartRead(CallContext context) {
    return Start(read_, &read_answer_, std::move(context));
  }
  std::future<CallReport> StartWrite() { return Start(write_, &write_answer_, Context()); }
  std::future<CallReport> Start(const google::protobuf::Message& request, google::protobuf::Message* response,
                                CallContext context) {
    return StartOnLoop(loop_, gateway_.Call(*table_.FindByRequest(request.GetDescriptor()), request, response,
                                            std::move(context)));
  }
  CallReport Read() { return Finish(StartRead(Context())); }
  CallReport Write() { return Finish(StartWrite()); }
  // Moves time on until the call has ended, so that every backoff passes.
  CallReport Finish(std::future<CallReport> report) {
    while (report.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      Settle(loop_);
      clock_.Advance(absl::Milliseconds(500));
      Settle(loop_);
    }
    return report.get();
  }
  // A refused timestamp in an answer of that time.
  static transport::HttpResult AnswerAt(absl::Time time) {
    transport::HttpResult result = Answer(kTooLate);
    result.response.date = absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", time, absl::UTCTimeZone());
    return result;
  }
  std::int64_t Timestamp(std::size_t request) {
    const std::string url = Url(request);
    return std::stoll(url.substr(url.find("timestamp=") + 10));
  }
  std::string Url(std::size_t request) { return std::string(transport_.requests[request].url.Reveal()); }
  std::size_t Sent() { return transport_.requests.size(); }

  static google::rpc::ErrorInfo Info(const CallReport& report) {
    google::rpc::ErrorInfo info;
    for (const auto& detail : report.status.details()) {
      if (detail.UnpackTo(&info)) return info;
    }
    return {};
  }
  static std::string Reason(const CallReport& report) { return Info(report).reason(); }

  ManualClock clock_;
  transport::EventLoop loop_{clock_, "test"};
  ScriptedTransport transport_{loop_};
  TwoTokens tokens_;
  int corrections_ = 0;
  const signing::Signer signer_{2001887, secrets::Secret(std::string("key")),
                                [this](absl::Duration) { ++corrections_; }};
  const endpoints::EndpointTable table_ = *endpoints::EndpointTable::Build(
      std::vector{Service("firstmile.v1.FirstMileService"), Service("firstmile.v1.LogisticsService")});
  GatewayOptions options_{.base_url = "https://platform.test"};
  limits::LoopLimits limits_{{}, loop_};
  ops::Metrics metrics_;
  Gateway gateway_{options_, {loop_, transport_, tokens_, signer_, limits_, metrics_}};
  std::stop_source stop_;
  v1::GetTrackingNumberRequest read_;
  v1::GetTrackingNumberResponse read_answer_;
  v1::GenerateFirstMileTrackingNumberRequest write_;
  v1::GenerateFirstMileTrackingNumberResponse write_answer_;
};

TEST_F(GatewayTest, FillsTheResponseOfASuccess) {
  transport_.Then(Answer(kFound));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kOk);
  EXPECT_EQ(read_answer_.tracking_number(), "MY1");
  EXPECT_EQ(report.request_id, "r");
  EXPECT_EQ(report.attempts, 1);
  EXPECT_FALSE(transport_.requests[0].post);
}

TEST_F(GatewayTest, JudgesTheEnvelopeBeforeTheHttpStatus) {
  transport_.Then(Answer(kNoPermission, 200));
  EXPECT_EQ(Read().status.code(), kPermissionDenied);
}

TEST_F(GatewayTest, SignsEachAttemptAnewWithItsOwnTime) {
  transport_.Then(Answer("<html>", 502, "text/html"));
  transport_.Then(Answer(kFound));
  transport_.on_send = [this] { clock_.Advance(absl::Seconds(7)); };
  EXPECT_EQ(Read().status.code(), kOk);
  ASSERT_EQ(Sent(), 2U);
  EXPECT_TRUE(absl::StrContains(Url(0), "timestamp=1700000000&"));
  EXPECT_FALSE(absl::StrContains(Url(1), "timestamp=1700000000&"));
  EXPECT_NE(Url(0).substr(Url(0).find("sign=")), Url(1).substr(Url(1).find("sign=")));
}

TEST_F(GatewayTest, ARefusedTokenIsReplacedOnceAndTheCallSentAgain) {
  transport_.Then(Answer(kTokenRefused, 403));
  transport_.Then(Answer(kFound));
  EXPECT_EQ(Read().status.code(), kOk);
  EXPECT_TRUE(absl::StrContains(Url(0), "access_token=token-1"));
  EXPECT_TRUE(absl::StrContains(Url(1), "access_token=token-2"));
}

TEST_F(GatewayTest, ATokenRefusedTwiceIsUnauthenticated) {
  transport_.Then(Answer(kTokenRefused, 403));
  transport_.Then(Answer(kTokenRefused, 403));
  EXPECT_EQ(Read().status.code(), kUnauthenticated);
  EXPECT_EQ(tokens_.replaces, 1);
  EXPECT_EQ(Sent(), 2U);
}

TEST_F(GatewayTest, AWriteWithARefusedTokenIsSentAgainSinceItDidNothing) {
  transport_.Then(Answer(kTokenRefused, 403));
  transport_.Then(Answer(kGenerated));
  EXPECT_EQ(Write().status.code(), kOk);
}

TEST_F(GatewayTest, APermissionErrorNeverAsksForAnotherToken) {
  transport_.Then(Answer(kNoPermission));
  EXPECT_EQ(Read().status.code(), kPermissionDenied);
  EXPECT_EQ(tokens_.replaces, 0);
  EXPECT_EQ(Sent(), 1U);
}

TEST_F(GatewayTest, ACallersOwnTokenNeverTouchesTheSource) {
  transport_.Then(Answer(kTokenRefused, 403));
  CallContext context = Context();
  context.access_token.emplace(std::string("own"));
  EXPECT_EQ(Finish(StartRead(std::move(context))).status.code(), kUnauthenticated);
  EXPECT_TRUE(absl::StrContains(Url(0), "access_token=own"));
  EXPECT_EQ(tokens_.gets + tokens_.replaces, 0);
}

TEST_F(GatewayTest, WithoutATokenNothingIsSent) {
  tokens_.known = false;
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kFailedPrecondition);
  EXPECT_EQ(Reason(report), "NO_ACCESS_TOKEN");
  EXPECT_EQ(Sent(), 0U);
}

TEST_F(GatewayTest, AShopThatNeedsItsSellerSaysSoWithTheAddressToGoTo) {
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

TEST_F(GatewayTest, AStoreThatIsDownTellsWhenToComeBack) {
  transport_.Then(Answer(kTokenRefused, 403));
  tokens_.refusal = tokens::StoreTrouble(tokens::Shop(600000), absl::UnavailableError("gone"));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kUnavailable);
  EXPECT_EQ(Reason(report), "TOKEN_STORE_UNAVAILABLE");
  google::rpc::RetryInfo retry;
  EXPECT_TRUE(report.status.details(1).UnpackTo(&retry));
}

TEST_F(GatewayTest, ATokenThatNobodyRenewsLeavesThePlatformsOwnWords) {
  transport_.Then(Answer(kTokenRefused, 403));
  tokens_.refusal = tokens::NotRenewable(tokens::Shop(600000));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kUnauthenticated);
  EXPECT_EQ(Info(report).metadata().at("vendorCode"), "invalid_acceess_token");
}

TEST_F(GatewayTest, AReadIsTriedAgainAfterWhatMayPass) {
  for (const auto& first :
       {Answer("<html>", 503, "text/html"), Answer(kSystemError), Answer("{\"cut", 200),
        Failure(HttpFailure::kNotSent), Failure(HttpFailure::kNoAnswer), Failure(HttpFailure::kTimedOut)}) {
    const std::size_t before = Sent();
    transport_.Then(first);
    transport_.Then(Answer(kFound));
    EXPECT_EQ(Read().status.code(), kOk);
    EXPECT_EQ(Sent() - before, 2U);
  }
}

TEST_F(GatewayTest, AReadSucceedsThroughTwoFaultsInARow) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Answer("<html>", 503, "text/html"));
  transport_.Then(Answer(kFound));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kOk);
  EXPECT_EQ(report.attempts, 3);
  EXPECT_GT(report.waited, absl::ZeroDuration());
}

TEST_F(GatewayTest, AReadWhoseEveryAttemptFailsIsUnavailable) {
  for (int i = 0; i < 3; ++i) transport_.Then(Failure(HttpFailure::kNotSent));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kUnavailable);
  EXPECT_EQ(Reason(report), "UPSTREAM_UNREACHABLE");
  EXPECT_EQ(report.attempts, 3);
}

TEST_F(GatewayTest, AShopWhoseCallsKeepFailingIsNotRepeatedAnyMore) {
  const int kCalls = 12;
  for (int i = 0; i < 3 * kCalls; ++i) transport_.Then(Answer(kSystemError));
  for (int i = 0; i < kCalls; ++i) EXPECT_EQ(Read().status.code(), kUnavailable);
  EXPECT_LT(Sent(), 2U * kCalls);
  const std::size_t before = Sent();
  Read();
  EXPECT_EQ(Sent() - before, 1U);
}

TEST_F(GatewayTest, AHostThatAnswersNobodyIsLeftAloneForAWhile) {
  for (int i = 0; i < 100; ++i) transport_.Then(Failure(HttpFailure::kNotSent));
  CallReport report = Read();
  for (int i = 0; i < 60 && Reason(report) == "UPSTREAM_UNREACHABLE"; ++i) report = Read();
  EXPECT_EQ(Reason(report), "UPSTREAM_CIRCUIT_OPEN");
  EXPECT_EQ(report.status.code(), kUnavailable);
  EXPECT_EQ(report.attempts, 0);
}

TEST_F(GatewayTest, AShopThatIsRefusedDoesNotCloseTheHostToOthers) {
  for (int i = 0; i < 60; ++i) {
    transport_.Then(Answer(kNoPermission, 403));
    EXPECT_EQ(Read().status.code(), kPermissionDenied);
  }
}

TEST_F(GatewayTest, AWrongClockIsCorrectedByTheAnswersDateAndTheCallSentAgain) {
  transport_.Then(AnswerAt(clock_.Now() + absl::Minutes(10)));
  transport_.Then(Answer(kGenerated));
  EXPECT_EQ(Write().status.code(), kOk);
  EXPECT_EQ(Timestamp(0), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_NEAR(static_cast<double>(Timestamp(1)),
              static_cast<double>(absl::ToUnixSeconds(clock_.Now() + absl::Minutes(10))), 1);
  transport_.Then(Answer(kFound));
  EXPECT_EQ(Read().attempts, 1);
  EXPECT_EQ(Timestamp(2), Timestamp(1));
  EXPECT_EQ(corrections_, 1);
}

TEST_F(GatewayTest, ATimestampRefusedBySomeoneWhoseClockAgreesIsNotSentAgain) {
  transport_.Then(AnswerAt(clock_.Now()));
  const CallReport report = Read();
  EXPECT_EQ(Reason(report), "CLOCK_SKEW");
  EXPECT_EQ(Sent(), 1U);
  EXPECT_EQ(corrections_, 0);
}

TEST_F(GatewayTest, AClockIsCorrectedOncePerCall) {
  transport_.Then(AnswerAt(clock_.Now() + absl::Minutes(10)));
  transport_.Then(AnswerAt(clock_.Now() + absl::Minutes(20)));
  EXPECT_EQ(Reason(Read()), "CLOCK_SKEW");
  EXPECT_EQ(Sent(), 2U);
}

TEST_F(GatewayTest, AWriteIsNeverReplayedAfterAnAmbiguousAnswer) {
  for (const auto& first : {Answer("<html>", 503, "text/html"), Answer(kSystemError), Answer("{\"cut", 200),
                            Failure(HttpFailure::kNoAnswer), Failure(HttpFailure::kTimedOut),
                            Failure(HttpFailure::kBodyTooLarge)}) {
    const std::size_t before = Sent();
    transport_.Then(first);
    const CallReport report = Write();
    EXPECT_EQ(report.status.code(), kUnknown);
    EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
    EXPECT_EQ(Sent() - before, 1U);
  }
}

TEST_F(GatewayTest, AWriteMustNotBeRepeatedByTheHttpLibraryEither) {
  transport_.Then(Answer(kGenerated));
  transport_.Then(Answer(kFound));
  Write();
  Read();
  EXPECT_FALSE(transport_.requests[0].repeatable);
  EXPECT_TRUE(transport_.requests[1].repeatable);
}

TEST_F(GatewayTest, AWriteThatNeverLeftIsUnavailableNotUnknown) {
  transport_.Then(Failure(HttpFailure::kNotSent));
  EXPECT_EQ(Write().status.code(), kUnavailable);
  EXPECT_EQ(Sent(), 1U);
}

TEST_F(GatewayTest, ACallRefusedForItsRateWaitsForAnotherTurn) {
  transport_.Then(Answer(kRateLimited));
  transport_.Then(Answer(kGenerated));
  const absl::Time start = clock_.Now();
  const CallReport report = Write();
  EXPECT_EQ(report.status.code(), kOk);
  EXPECT_GT(clock_.Now(), start);
  EXPECT_GT(report.waited, absl::ZeroDuration());
}

TEST_F(GatewayTest, ARateLimitThatStaysIsResourceExhaustedWithRetryInfo) {
  for (int i = 0; i < 8; ++i) transport_.Then(Answer(kRateLimited));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kResourceExhausted);
  bool retry_info = false;
  for (const auto& detail : report.status.details()) retry_info |= detail.Is<google::rpc::RetryInfo>();
  EXPECT_TRUE(retry_info);
}

TEST_F(GatewayTest, DoesNotWaitBeyondTheDeadline) {
  for (int i = 0; i < 8; ++i) transport_.Then(Answer(kSystemError));
  CallContext context = Context();
  const transport::MonotonicTime deadline = clock_.Monotonic() + std::chrono::microseconds(1);
  context.deadline = deadline;
  EXPECT_EQ(Finish(StartRead(std::move(context))).status.code(), kUnavailable);
  EXPECT_LT(clock_.Monotonic(), deadline);
  EXPECT_EQ(Sent(), 1U);
}

TEST_F(GatewayTest, AnAttemptGetsNoMoreTimeThanTheCallHasLeft) {
  transport_.Then(Answer(kFound));
  CallContext context = Context();
  context.deadline = clock_.Monotonic() + std::chrono::milliseconds(300);
  StartRead(std::move(context)).get();
  EXPECT_EQ(transport_.requests[0].timeout, std::chrono::milliseconds(300));
  transport_.Then(Answer(kFound));
  Read();
  EXPECT_EQ(transport_.requests[1].timeout, std::chrono::seconds(10));
}

TEST_F(GatewayTest, AStopWhileTheUpstreamIsSilentIsCancelled) {
  auto report = StartRead(Context());
  stop_.request_stop();
  EXPECT_EQ(report.get().status.code(), kCancelled);
}

TEST_F(GatewayTest, AStopDuringTheBackoffIsCancelledAndSendsNothingMore) {
  transport_.Then(Failure(HttpFailure::kNotSent));
  auto report = StartRead(Context());
  stop_.request_stop();
  EXPECT_EQ(report.get().status.code(), kCancelled);
  EXPECT_EQ(Sent(), 1U);
}

TEST_F(GatewayTest, AStopAtTheDeadlineIsDeadlineExceededAndSaysWhenAWriteIsInDoubt) {
  auto read = StartRead(Context());
  auto write = StartWrite();
  Settle(loop_);
  clock_.Advance(absl::Seconds(30));
  stop_.request_stop();
  EXPECT_EQ(read.get().status.code(), kDeadlineExceeded);
  const CallReport report = write.get();
  EXPECT_EQ(report.status.code(), kDeadlineExceeded);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
}

TEST_F(GatewayTest, AnOverlongAnswerToAReadSaysWhichLimit) {
  transport_.Then(Failure(HttpFailure::kBodyTooLarge));
  const CallReport report = Read();
  EXPECT_EQ(report.status.code(), kInternal);
  EXPECT_TRUE(absl::StrContains(report.status.message(), "max_body_bytes"));
}

TEST_F(GatewayTest, AFullTransportQueueIsResourceExhausted) {
  transport_.Then(Failure(HttpFailure::kOverloaded));
  EXPECT_EQ(Read().status.code(), kResourceExhausted);
}

TEST_F(GatewayTest, AnAnswerThatEchoesTheTokenOrTheSignReachesNobody) {
  transport_.on_send = [this] {
    const std::string url = Url(Sent() - 1);
    const std::string sign = url.substr(url.find("sign=") + 5, 64);
    transport_.Then(Answer(
        R"({"request_id":"r","error":"error_param","message":"bad: token=canary-token s=)" + sign + "\"}"));
  };
  CallContext context = Context();
  context.access_token.emplace(std::string("canary-token"));
  const CallReport report = Finish(StartRead(std::move(context)));
  EXPECT_TRUE(absl::StrContains(report.status.message(), "token=************ s=" + std::string(64, '*')))
      << report.status.message();
}

TEST_F(GatewayTest, AnUnreadableValueLeavesNoHalfFilledResponse) {
  const char kBad[] =
      R"({"request_id":"r","error":"","response":{"order_sn":"A","tracking_info":[{"update_time":"soon"}]}})";
  for (int i = 0; i < 3; ++i) transport_.Then(Answer(kBad));
  v1::GetTrackingInfoRequest request;
  request.set_shop_id(600000);
  request.set_order_sn("A");
  v1::GetTrackingInfoResponse response;
  const CallReport report = Finish(Start(request, &response, Context()));
  EXPECT_EQ(report.status.code(), kInternal);
  EXPECT_TRUE(absl::StrContains(report.status.message(), "update_time")) << report.status.message();
  EXPECT_EQ(response.ByteSizeLong(), 0U);
}

}  // namespace
}  // namespace firstmile::gateway

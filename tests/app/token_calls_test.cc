// Answers to token calls that were seen in the field: what a caller of something else is told, what is sent,
// and what the seller has to do.
#include <gmock/gmock.h>

#include <array>
#include <future>

#include "support/temp_folder.h"
#include "support/token_fixture.h"

namespace firstmile::testing {
namespace {

using ::testing::HasSubstr;

class TokenCallsTest : public StoredTokensTest {
 protected:
  void SetUp() override {
    settings_.store.where = app::SqliteSettings{.path = folder_.File("tokens.db"), .options = {}};
    settings_.store.keys = TestEncryptionKeys();
    StartSidecar();
  }
  void Play(const char* preset, bool after_effect = false, int times = -1) {
    std::optional<emulator::Fault> fault = emulator::PresetFault(preset);
    ASSERT_TRUE(fault.has_value()) << preset;
    if (fault->path.empty()) fault->path = kRefreshPath;
    fault->after_effect = after_effect;
    fault->times = times;
    emulator_.SetFault(*std::move(fault));
  }
  // A question about an order of a shop whose access token has ended.
  grpc::Status AskWithAnEndedToken() {
    LogIn(emulator::kFirstShopId);
    EndAccessTokens();
    return Ask();
  }

  grpc::Status RefreshNow() {
    v1::RefreshNowRequest request;
    request.mutable_subject()->set_shop_id(emulator::kFirstShopId);
    v1::RefreshNowResponse response;
    grpc::ClientContext context;
    return auth_->RefreshNow(&context, request, &response);
  }

  const TempFolder folder_;
};

struct RefusedRefresh {
  const char* preset;
  const char* text;
};

TEST_F(TokenCallsTest, ARefusedRefreshSpeaksOfTheTokenAndNeverOfTheOrder) {
  for (const auto& [preset, text] :
       {RefusedRefresh{"refresh_not_found", "The information you queried is not found."},
        RefusedRefresh{"refresh_parameter", "parameter invalid"}}) {
    emulator_.ClearFaults();
    Play(preset);
    const grpc::Status status = AskWithAnEndedToken();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << preset;
    EXPECT_THAT(status.error_message(), HasSubstr(text));
    const google::rpc::ErrorInfo info = ErrorInfoOf(DetailsOf(status));
    EXPECT_EQ(info.reason(), "TOKEN_REFRESH_FAILED") << preset;
    EXPECT_EQ(info.metadata().at("operation"), "LogisticsService/GetTrackingNumber");
    EXPECT_EQ(info.metadata().at("vendorCode"), "error_param");
    EXPECT_FALSE(info.metadata().at("requestId").empty());
    emulator_.ClearFaults();
    AskUntilAnswered();  // the refresh token was not spent
  }
}

TEST_F(TokenCallsTest, AnEndedAuthorizationUnderErrorAuthIsOneRefreshAndThenSilence) {
  std::uint64_t sent = 0;
  for (const char* preset : {"refresh_not_linked", "refresh_access_expired"}) {
    emulator_.ClearFaults();
    Play(preset);
    EXPECT_EQ(ReasonOf(AskWithAnEndedToken()), "AUTHORIZATION_REQUIRED") << preset;
    for (int i = 0; i < 20; ++i) EXPECT_EQ(ReasonOf(Ask()), "AUTHORIZATION_REQUIRED") << preset;
    EXPECT_EQ(Refreshes(), ++sent) << preset;
    EXPECT_EQ(List().shops(0).state(), v1::TOKEN_STATE_AUTHORIZATION_REQUIRED);
    EXPECT_EQ(List().shops(0).authorization_required_reason(),
              v1::AUTHORIZATION_REQUIRED_REASON_AUTHORIZATION_ENDED);
  }
}

TEST_F(TokenCallsTest, APageOfAProxyInThePlaceOfANewPairIsALostAnswer) {
  Play("html_403", /*after_effect=*/true, /*times=*/1);
  EXPECT_EQ(ReasonOf(AskWithAnEndedToken()), "AUTHORIZATION_REQUIRED");
  EXPECT_EQ(Refreshes(), 2U) << "one more try with the same token";
  EXPECT_EQ(List().shops(0).authorization_required_reason(),
            v1::AUTHORIZATION_REQUIRED_REASON_REFRESH_ANSWER_LOST);
}

TEST_F(TokenCallsTest, APageOfAProxyBeforeTheRefreshCostsOneMoreTry) {
  Play("html_403", /*after_effect=*/false, /*times=*/1);
  const grpc::Status status = AskWithAnEndedToken();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Refreshes(), 2U);
}

TEST_F(TokenCallsTest, ARefreshTokenThatShopeeRepeatsIsSentAsItIsTheNextTime) {
  LogIn(emulator::kFirstShopId);
  const std::string first = emulator_.ShopTokens(emulator::kFirstShopId).refresh_token;
  emulator::Fault repeat;
  repeat.path = kRefreshPath;
  repeat.action = emulator::Fault::Action::kMutate;
  repeat.times = 1;
  repeat.changes.push_back({emulator::BodyChange::Kind::kSet, "refresh_token", "\"" + first + "\""});
  emulator_.SetFault(std::move(repeat));
  ASSERT_TRUE(RefreshNow().ok());
  EXPECT_EQ(ReasonOf(RefreshNow()), "AUTHORIZATION_REQUIRED") << "this platform did change it";
  const emulator::TokenState tokens = emulator_.ShopTokens(emulator::kFirstShopId);
  EXPECT_EQ(tokens.lost_refreshes, 1U) << "the very token was sent again";
  EXPECT_EQ(tokens.other_failed_refreshes, 0U) << "and no mask of it";
}

TEST_F(TokenCallsTest, TheEndOfAnAuthorizationIsLearnedFromAListInTheShapeOfTheOfficialSample) {
  sidecar_.reset();
  settings_.refresh_scheduler.scan_every = absl::Milliseconds(20);
  Play("bare_answer");
  StartSidecar();
  LogIn(emulator::kFirstShopId);
  v1::ListShopsResponse list = List();
  while (!list.shops(0).has_authorization_expire_time()) list = List();  // ctest's time limit bounds it
  EXPECT_EQ(list.shops(0).authorization_expire_time().seconds(),
            emulator_.ShopTokens(emulator::kFirstShopId).authorization_ends_at);
}

// Calls of other shops, which Shopee never answers, hold every connection for calls.
class FullConnectionsTest : public TokenCallsTest {
 protected:
  static constexpr int kConnections = 4;

  struct Call {
    grpc::ClientContext context;
    v1::FirstMileServiceGetChannelListRequest request;
    v1::FirstMileServiceGetChannelListResponse response;
    std::promise<void> end;
  };

  void SetUp() override {
    settings_.upstream_connections_max = kConnections;
    TokenCallsTest::SetUp();
    Misbehave("/api/v2/first_mile/get_channel_list", emulator::Fault::Action::kNeverAnswer);
    std::int64_t shop = emulator::kFirstShopId;
    for (Call& call : calls_) {
      call.request.set_shop_id(++shop);  // a shop alone may not hold them all
      first_mile_->async()->GetChannelList(&call.context, &call.request, &call.response,
                                           [&call](const grpc::Status&) { call.end.set_value(); });
    }
    Await([](const emulator::Counters& now) { return now.in_flight == kConnections; });
  }
  void TearDown() override {
    for (Call& call : calls_) call.context.TryCancel();
    for (Call& call : calls_) call.end.get_future().wait();
  }

  std::array<Call, kConnections> calls_;
};

TEST_F(FullConnectionsTest, LeaveALoginAndARefreshTheirOwn) {
  LogIn(emulator::kFirstShopId);
  EndAccessTokens();
  const grpc::Status refreshed = RefreshNow();
  EXPECT_TRUE(refreshed.ok()) << refreshed.error_message();
  EXPECT_EQ(Refreshes(), 1U);
  EXPECT_EQ(emulator_.counters().in_flight, kConnections) << "a call had ended before";
}

}  // namespace
}  // namespace firstmile::testing

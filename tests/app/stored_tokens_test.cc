// What stored tokens promise to callers: one login, then nothing but answers, whatever ends in between.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "app/shops_command.h"
#include "support/redis_server.h"
#include "support/temp_folder.h"
#include "support/token_fixture.h"

namespace firstmile::testing {
namespace {

constexpr int kCalls = 10'000;

class SqliteTokensTest : public StoredTokensTest {
 protected:
  void SetUp() override {
    app::SqliteSettings sqlite{.path = folder_.File("tokens.db"), .options = {}};
    sqlite.options.busy_timeout = absl::Milliseconds(200);
    settings_.store.where = sqlite;
    settings_.store.keys = TestEncryptionKeys();
    StartSidecar();
  }

  const TempFolder folder_;
};

TEST_F(SqliteTokensTest, AShopLogsInOnceAndARestartNeedsNoLogin) {
  LogIn(emulator::kFirstShopId);
  EXPECT_TRUE(Ask().ok());
  sidecar_.reset();
  settings_.tokens.configured.clear();
  StartSidecar();
  const grpc::Status status = Ask();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Refreshes(), 0U);
}

TEST_F(SqliteTokensTest, TenThousandCallsOnAnEndedTokenMakeOneRefreshAndNoneFails) {
  LogIn(emulator::kFirstShopId);
  EndAccessTokens();
  CallBurst burst(channel_, kCalls);
  std::string example;
  EXPECT_EQ(burst.Failures(&example), 0) << example;
  EXPECT_EQ(Refreshes(), 1U);
}

TEST_F(SqliteTokensTest, AWrongEncryptionKeyIsOneClearLineAtTheStart) {
  LogIn(emulator::kFirstShopId);
  sidecar_.reset();
  app::Settings wrong = settings_;
  wrong.store.keys = tokens::ParseEncryptionKeys(secrets::Secret(std::string(64, 'b'))).value();
  const absl::Status status = app::Sidecar::Start(wrong).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(status.message(), "tokens.encryption_key_file")) << status.message();
  EXPECT_FALSE(absl::StrContains(status.message(), "\n"));
}

TEST_F(SqliteTokensTest, ANewKeyBeforeTheOldOneOpensWhatTheOldOneSealed) {
  LogIn(emulator::kFirstShopId);
  sidecar_.reset();
  settings_.store.keys =
      tokens::ParseEncryptionKeys(secrets::Secret(std::string(64, 'b') + "\n" + std::string(64, 'a')))
          .value();
  settings_.tokens.configured.clear();
  StartSidecar();
  EXPECT_TRUE(Ask().ok());
}

TEST_F(SqliteTokensTest, ThePageOfAMainAccountBringsAllItsShopsAndMerchants) {
  v1::ExchangeCodeRequest request;
  request.set_code(emulator_.AuthorizeMainAccount(500001));
  request.mutable_account()->set_main_account_id(500001);
  grpc::ClientContext context;
  v1::ExchangeCodeResponse response;
  ASSERT_TRUE(auth_->ExchangeCode(&context, request, &response).ok());
  EXPECT_EQ(response.shops(0).state(), v1::TOKEN_STATE_READY);
  int merchants = 0;
  for (const v1::ShopTokenStatus& shop : response.shops())
    merchants += shop.subject().has_merchant_id() ? 1 : 0;
  EXPECT_EQ(merchants, 1);
  EXPECT_EQ(List().shops_size(), response.shops_size());
  EndAccessTokens();
  EXPECT_TRUE(Ask().ok());  // the shared refresh token works once for each shop
}

TEST_F(SqliteTokensTest, TheCommandLineListsStoredTokensBesideARunningSidecar) {
  LogIn(emulator::kFirstShopId);
  app::ConfigFile file = app::NoConfigFile();
  file.config.mutable_tokens()->mutable_sqlite()->set_path(folder_.File("tokens.db"));
  file.config.mutable_tokens()->set_encryption_key_env("FIRSTMILE_TEST_ENCRYPTION_KEY");
  setenv("FIRSTMILE_TEST_ENCRYPTION_KEY", std::string(64, 'a').c_str(), 1);
  const absl::StatusOr<std::string> text = app::ListShopsText(file);
  ASSERT_TRUE(text.ok()) << text.status().message();
  EXPECT_TRUE(absl::StrContains(*text, "shop 600000          ready")) << *text;
}

TEST_F(SqliteTokensTest, TheCommandLineTellsAWrongKeyRatherThanShowingShopsThatNobodyCanOpen) {
  LogIn(emulator::kFirstShopId);
  app::ConfigFile file = app::NoConfigFile();
  file.config.mutable_tokens()->mutable_sqlite()->set_path(folder_.File("tokens.db"));
  file.config.mutable_tokens()->set_encryption_key_env("FIRSTMILE_TEST_ENCRYPTION_KEY");
  setenv("FIRSTMILE_TEST_ENCRYPTION_KEY", std::string(64, 'b').c_str(), 1);
  const absl::Status status = app::ListShopsText(file).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(status.message(), "tokens.encryption_key_file")) << status.message();
}

TEST_F(SqliteTokensTest, AFileThatAnotherProgramHoldsCostsNoRefreshTokenAndPasses) {
  LogIn(emulator::kFirstShopId);
  EndAccessTokens();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(folder_.File("tokens.db").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const grpc::Status status = Ask();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
  EXPECT_EQ(ReasonOf(status), "TOKEN_STORE_UNAVAILABLE");
  EXPECT_EQ(Refreshes(), 0U);
  ASSERT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  AskUntilAnswered();
  EXPECT_EQ(Refreshes(), 1U);
}

TEST_F(SqliteTokensTest, TheEndOfTheSellersAuthorizationIsLearnedFromShopee) {
  sidecar_.reset();
  settings_.refresh_scheduler.scan_every = absl::Milliseconds(20);
  StartSidecar();
  LogIn(emulator::kFirstShopId);
  v1::ListShopsResponse list = List();
  while (!list.shops(0).has_authorization_expire_time()) list = List();  // ctest's time limit bounds it
  const absl::Duration left =
      absl::FromUnixSeconds(list.shops(0).authorization_expire_time().seconds()) - absl::Now();
  EXPECT_GT(left, absl::Hours(24 * 364));
  EXPECT_LE(left, absl::Hours(24 * 365));
}

class RefusedRefreshTest : public SqliteTokensTest {};

TEST_F(RefusedRefreshTest, SendsOneRefreshThenSaysWhoMustLogInAndSendsNothingMore) {
  settings_.redirect_url = "https://seller.test/back";
  settings_.tokens.authorization_url = "https://open.test/auth?partner_id=2001887";
  sidecar_.reset();
  StartSidecar();
  LogIn(emulator::kFirstShopId);
  EndAccessTokens();
  AnswerWith(
      kRefreshPath,
      R"({"request_id":"r","error":"error_shop_refresh_token","message":"Your refresh token is error."})", 0,
      -1, 403);
  grpc::Status status = Ask();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << status.error_message();
  const google::rpc::ErrorInfo info = ErrorInfoOf(DetailsOf(status));
  EXPECT_EQ(info.reason(), "AUTHORIZATION_REQUIRED");
  EXPECT_EQ(info.metadata().at("authorizationUrl"), "https://open.test/auth?partner_id=2001887");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(ReasonOf(Ask()), "AUTHORIZATION_REQUIRED");
  }
  EXPECT_EQ(Refreshes(), 1U);
  EXPECT_EQ(List().shops(0).state(), v1::TOKEN_STATE_AUTHORIZATION_REQUIRED);

  emulator_.ClearFaults();
  LogIn(emulator::kFirstShopId);
  status = Ask();
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(SqliteTokensTest, APermissionErrorNeverSpendsARefreshToken) {
  LogIn(emulator::kFirstShopId);
  AnswerWith("/api/v2/logistics/get_tracking_number",
             R"({"request_id":"r","error":"error_permission","message":"No permission."})", 0, 5, 403);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Ask().error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Refreshes(), 0U);
}

class RedisTokensTest : public StoredTokensTest {
 protected:
  void SetUp() override {
    redis::Options options;
    options.unix_path = redis_.unix_path();
    settings_.store.where = options;
    settings_.store.keys = TestEncryptionKeys();
    StartSidecar();
  }

  RedisServer redis_;
};

TEST_F(RedisTokensTest, TwoSidecarsWithTenThousandCallsOnAnEndedTokenMakeOneRefresh) {
  LogIn(emulator::kFirstShopId);
  settings_.tokens.configured.clear();
  auto second = app::Sidecar::Start(settings_);
  ASSERT_TRUE(second.ok()) << second.status().message();
  const auto channel = grpc::CreateChannel((*second)->addresses()[0], grpc::InsecureChannelCredentials());
  EndAccessTokens();
  CallBurst here(channel_, kCalls / 2);
  CallBurst there(channel, kCalls / 2);
  std::string example;
  EXPECT_EQ(here.Failures(&example), 0) << example;
  EXPECT_EQ(there.Failures(&example), 0) << example;
  EXPECT_EQ(Refreshes(), 1U);
}

TEST_F(RedisTokensTest, ALoginAtOneSidecarServesTheOther) {
  settings_.tokens.configured.clear();
  auto second = app::Sidecar::Start(settings_);
  ASSERT_TRUE(second.ok());
  LogIn(emulator::kFirstShopId);
  auto stub = v1::LogisticsService::NewStub(
      grpc::CreateChannel((*second)->addresses()[0], grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::GetTrackingNumberResponse response;
  EXPECT_TRUE(stub->GetTrackingNumber(&context, DocumentedQuestion(), &response).ok());
}

TEST_F(RedisTokensTest, ARedisThatDiesDuringARefreshAndComesBackEmptyCostsNoLogin) {
  LogIn(emulator::kFirstShopId);
  EndAccessTokens();
  emulator::Fault slow;
  slow.path = kRefreshPath;
  slow.action = emulator::Fault::Action::kDelay;
  slow.delay = std::chrono::milliseconds(500);
  emulator_.SetFault(slow);
  CallBurst burst(channel_, 1);
  Await([](const emulator::Counters& counters) {
    const auto refreshes = counters.requests.find(kRefreshPath);
    return refreshes != counters.requests.end() && refreshes->second == 1;
  });
  redis_.Kill();  // the old token is spent, and the new pair has nowhere to go
  std::string told;
  EXPECT_EQ(burst.Failures(&told), 1);
  EXPECT_TRUE(absl::StrContains(told, "token store")) << told;
  redis_.Start();
  AskUntilAnswered();
  EXPECT_EQ(Refreshes(), 1U);
  EXPECT_EQ(List().shops_size(), 1);
}

TEST_F(RedisTokensTest, CallsGoOnWhileRedisIsGone) {
  LogIn(emulator::kFirstShopId);
  redis_.Kill();
  EXPECT_TRUE(Ask().ok());  // the token is known and lives
}

}  // namespace
}  // namespace firstmile::testing

// Exchanging a code: whose tokens are stored, whose are not, and what the caller gets.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "support/temp_folder.h"
#include "support/token_fixture.h"

namespace firstmile::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kShop = emulator::kFirstShopId;
constexpr std::int64_t kMainAccount = 500002;  // has the shops and the merchant of KR
constexpr std::int64_t kMerchant = 1000002;
constexpr char kRedeemPath[] = "/api/v2/auth/token/get";
constexpr char kResendPath[] = "/api/v2/public/get_token_by_resend_code";

class TokenExchangeTest : public StoredTokensTest {
 protected:
  void SetUp() override {
    app::SqliteSettings sqlite{.path = folder_.File("tokens.db"), .options = {}};
    settings_.store.where = sqlite;
    settings_.store.keys = TestEncryptionKeys();
    StartSidecar();
  }

  grpc::Status Exchange(const std::string& code, const v1::Subject& account) {
    v1::ExchangeCodeRequest request;
    request.set_code(code);
    *request.mutable_account() = account;
    response_.Clear();
    grpc::ClientContext context;
    return auth_->ExchangeCode(&context, request, &response_);
  }
  grpc::Status Resend(const std::string& code) {
    v1::ExchangeResendCodeRequest request;
    request.set_resend_code(code);
    resent_.Clear();
    grpc::ClientContext context;
    return auth_->ExchangeResendCode(&context, request, &resent_);
  }
  static v1::Subject OfShop(std::int64_t id = kShop) {
    v1::Subject account;
    account.set_shop_id(id);
    return account;
  }
  static v1::Subject OfMainAccount() {
    v1::Subject account;
    account.set_main_account_id(kMainAccount);
    return account;
  }
  // Shopee accepts the code, and its answer is altered on the way.
  void Play(const char* preset) {
    std::optional<emulator::Fault> fault = emulator::PresetFault(preset);
    ASSERT_TRUE(fault.has_value()) << preset;
    emulator_.SetFault(*std::move(fault));
  }
  void PlaySet(const std::string& path, const std::string& at, const std::string& value) {
    emulator::Fault fault;
    fault.path = path;
    fault.action = emulator::Fault::Action::kMutate;
    fault.changes.push_back({emulator::BodyChange::Kind::kSet, at, value});
    emulator_.SetFault(std::move(fault));
  }
  std::vector<std::int64_t> ListedShops() {
    std::vector<std::int64_t> ids;
    const v1::ListShopsResponse list = List();
    for (const v1::ShopTokenStatus& shop : list.shops()) {
      if (shop.subject().has_shop_id()) ids.push_back(shop.subject().shop_id());
    }
    return ids;
  }
  // From now on the store takes no record whose key is like `pattern`, as long as `condition` holds.
  void RefuseInStore(const std::string& pattern, const std::string& condition = "TRUE") {
    for (const char* when : {"INSERT", "UPDATE"}) {
      Sql(absl::StrCat("CREATE TRIGGER refuse_", when, " BEFORE ", when,
                       " ON records WHEN CAST(new.key AS TEXT) LIKE '", pattern, "' AND ", condition,
                       " BEGIN SELECT RAISE(ABORT, 'the disk has a hole'); END"));
    }
  }
  void Sql(const std::string& statement) {
    sqlite3* store = nullptr;
    ASSERT_EQ(sqlite3_open(folder_.File("tokens.db").c_str(), &store), SQLITE_OK);
    const absl::Cleanup close = [store] { sqlite3_close(store); };
    ASSERT_EQ(sqlite3_exec(store, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(store);
  }
  // Grows with each new record.
  int RowOf(const std::string& pattern) {
    sqlite3* store = nullptr;
    EXPECT_EQ(sqlite3_open(folder_.File("tokens.db").c_str(), &store), SQLITE_OK);
    const absl::Cleanup close = [store] { sqlite3_close(store); };
    int row = 0;
    const std::string query =
        absl::StrCat("SELECT rowid FROM records WHERE CAST(key AS TEXT) LIKE '", pattern, "'");
    const auto keep = [](void* kept, int, char** values, char**) {
      return absl::SimpleAtoi(values[0], static_cast<int*>(kept)) ? 0 : 1;
    };
    EXPECT_EQ(sqlite3_exec(store, query.c_str(), keep, &row, nullptr), SQLITE_OK) << sqlite3_errmsg(store);
    return row;
  }
  static google::rpc::ErrorInfo InfoOf(const grpc::Status& status) { return ErrorInfoOf(DetailsOf(status)); }

  const TempFolder folder_;
  v1::ExchangeCodeResponse response_;
  v1::ExchangeResendCodeResponse resent_;
};

struct RefusedCode {
  const char* preset;
  const char* vendor_code;
  const char* text;
};

TEST_F(TokenExchangeTest, ARefusedCodeIsReportedWithShopeesCodeTextAndId) {
  for (const auto& [preset, vendor_code, text] :
       {RefusedCode{"code_invalid", "error_auth", "Invalid code"},
        RefusedCode{"code_not_found", "error_param", "The information you queried is not found."}}) {
    emulator_.ClearFaults();
    Play(preset);
    const grpc::Status status = Exchange(emulator_.AuthorizeShop(kShop), OfShop());
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << preset;
    EXPECT_THAT(status.error_message(), HasSubstr(text));
    const google::rpc::ErrorInfo info = InfoOf(status);
    EXPECT_EQ(info.reason(), "CODE_REFUSED") << preset;
    EXPECT_EQ(info.metadata().at("vendorCode"), vendor_code);
    EXPECT_FALSE(info.metadata().at("requestId").empty());
    EXPECT_THAT(info.metadata().at("remedy"), HasSubstr("log in again"));
    EXPECT_EQ(List().shops_size(), 0);
  }
}

TEST_F(TokenExchangeTest, ALoginWithoutNamesSaysThatItsTokensAreLost) {
  for (const char* lists : {"[]", "null"}) {
    emulator::Fault fault = *emulator::PresetFault("login_names_nobody");
    for (emulator::BodyChange& change : fault.changes) change.value = lists;
    emulator_.ClearFaults();
    emulator_.SetFault(std::move(fault));
    const grpc::Status status = Exchange(emulator_.AuthorizeMainAccount(kMainAccount), OfMainAccount());
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << lists;
    EXPECT_EQ(InfoOf(status).reason(), "TOKENS_WITHOUT_SUBJECT") << lists;
    EXPECT_THAT(status.error_message(), HasSubstr("the tokens were dropped"));
    EXPECT_FALSE(InfoOf(status).metadata().at("requestId").empty());
    EXPECT_EQ(List().shops_size(), 0);
  }
}

TEST_F(TokenExchangeTest, OneShopWithoutAListIsAListOfOne) {
  PlaySet(kRedeemPath, "shop_id_list", "600004");
  ASSERT_TRUE(Exchange(emulator_.AuthorizeMainAccount(kMainAccount), OfMainAccount()).ok());
  EXPECT_THAT(ListedShops(), ElementsAre(600004));
}

TEST_F(TokenExchangeTest, AnEndThatIsPastCountsAsTheDocumentedFourHours) {
  Play("login_past_expiry");
  ASSERT_TRUE(Exchange(emulator_.AuthorizeShop(kShop), OfShop()).ok());
  ASSERT_EQ(response_.shops_size(), 1);
  const double left = static_cast<double>(response_.shops(0).access_expire_time().seconds()) -
                      static_cast<double>(absl::ToUnixSeconds(absl::Now()));
  EXPECT_NEAR(left, 4 * 3600, 120);
  const grpc::Status asked = Ask();
  EXPECT_TRUE(asked.ok()) << asked.error_message();
  EXPECT_EQ(Refreshes(), 0U);
}

TEST_F(TokenExchangeTest, AStoreThatRefusesOneShopLosesNoOtherAndTheResponseReportsEach) {
  RefuseInStore("shop/%600009");
  const grpc::Status status = Exchange(emulator_.AuthorizeMainAccount(kMainAccount), OfMainAccount());
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(response_.header().request_id().empty());
  EXPECT_THAT(ListedShops(), ElementsAre(600004, 600014, 600019, 600024));
  EXPECT_EQ(response_.shops_size(), 5);
  EXPECT_EQ(response_.shops(4).subject().merchant_id(), kMerchant) << "after the shops";
  ASSERT_EQ(response_.failures_size(), 1);
  EXPECT_EQ(response_.failures(0).subject().shop_id(), 600009);
  EXPECT_EQ(response_.failures(0).failure().reason(), v1::ERROR_REASON_TOKEN_STORE_UNAVAILABLE);
  EXPECT_EQ(response_.failures(0).failure().code(), v1::CANONICAL_CODE_UNAVAILABLE);
  EXPECT_THAT(response_.failures(0).failure().message(), HasSubstr("the code is used up"));
  EXPECT_THAT(response_.failures(0).failure().remedy(), HasSubstr("ExchangeResendCode"));
}

// Shops are offered before merchants, so that the store takes the shop in a later round than the merchant.
TEST_F(TokenExchangeTest, AShopThatTheStoreRefusesAtFirstIsOfferedAgainAndStored) {
  RefuseInStore("shop/%600009",
                "NOT EXISTS (SELECT 1 FROM records WHERE CAST(key AS TEXT) LIKE 'merchant/%')");
  const grpc::Status status = Exchange(emulator_.AuthorizeMainAccount(kMainAccount), OfMainAccount());
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response_.failures_size(), 0);
  EXPECT_THAT(ListedShops(), ElementsAre(600004, 600009, 600014, 600019, 600024));
  EXPECT_GT(RowOf("merchant/%"), RowOf("shop/%600024"));
  EXPECT_GT(RowOf("shop/%600009"), RowOf("merchant/%")) << "it was not refused";
}

TEST_F(TokenExchangeTest, WhenNothingCouldBeStoredTheCallFailsAndSaysThatTheCodeIsUsedUp) {
  RefuseInStore("%");
  const grpc::Status status = Exchange(emulator_.AuthorizeMainAccount(kMainAccount), OfMainAccount());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(InfoOf(status).reason(), "TOKEN_STORE_UNAVAILABLE");
  EXPECT_THAT(status.error_message(), HasSubstr("the code is used up"));
}

TEST_F(TokenExchangeTest, APairThatWasLostComesBackByAResendCode) {
  LogIn(kShop);
  EndAccessTokens();
  emulator::Fault lost = *emulator::PresetFault("lost_answer");
  lost.path = kRefreshPath;
  lost.times = 1;
  emulator_.SetFault(lost);
  ASSERT_EQ(ReasonOf(Ask()), "AUTHORIZATION_REQUIRED");
  ASSERT_EQ(Refreshes(), 2U);
  const grpc::Status status = Resend(emulator_.ResendCodeOfShop(kShop));
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(resent_.header().request_id().empty());
  ASSERT_EQ(resent_.shops_size(), 1);
  EXPECT_EQ(resent_.shops(0).subject().shop_id(), kShop);
  EXPECT_EQ(resent_.shops(0).state(), v1::TOKEN_STATE_READY);
  EXPECT_TRUE(Ask().ok());
  EXPECT_EQ(Refreshes(), 2U);
}

TEST_F(TokenExchangeTest, AResendCodeOfAMainAccountBringsAllItsShopsAndMerchants) {
  const grpc::Status status = Resend(emulator_.ResendCodeOfMainAccount(kMainAccount));
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(ListedShops(), ElementsAre(600004, 600009, 600014, 600019, 600024));
  EXPECT_EQ(resent_.shops_size(), 6);
}

TEST_F(TokenExchangeTest, AUsedResendCodeIsRefusedAndALostAnswerIsUnclear) {
  const std::string code = emulator_.ResendCodeOfShop(kShop);
  ASSERT_TRUE(Resend(code).ok());
  grpc::Status status = Resend(code);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(InfoOf(status).reason(), "CODE_REFUSED");
  EXPECT_EQ(InfoOf(status).metadata().at("operation"), "AuthService/ExchangeResendCode");

  Misbehave(kResendPath, emulator::Fault::Action::kClose, 0, 1);
  status = Resend(emulator_.ResendCodeOfShop(kShop));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNKNOWN);
  EXPECT_EQ(InfoOf(status).reason(), "TOKEN_ANSWER_UNCLEAR");
}

TEST_F(TokenExchangeTest, AResendCodeIsRequired) {
  EXPECT_EQ(InfoOf(Resend("")).reason(), "REQUEST_INVALID");
}

}  // namespace
}  // namespace firstmile::testing

// A merchant calls for itself: its own token signs, its pair is stored and renewed, and nothing of it is
// mixed up with a shop of the same number.
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/match.h"
#include "firstmile/v1/merchant_service.grpc.pb.h"
#include "support/temp_folder.h"
#include "support/token_fixture.h"

namespace firstmile::testing {
namespace {

constexpr std::int64_t kMainAccount = 500001;
constexpr std::int64_t kMerchant = 1000001;
constexpr char kListPath[] = "/api/v2/merchant/get_shop_list_by_merchant";

class MerchantTest : public StoredTokensTest {
 protected:
  void SetUp() override {
    settings_.store.where = app::SqliteSettings{.path = folder_.File("tokens.db"), .options = {}};
    settings_.store.keys = TestEncryptionKeys();
    settings_.event_loops = 4;
    settings_.gateway.attempts_max = 1;
    StartSidecar();
    merchants_ = v1::MerchantService::NewStub(channel_);
  }
  grpc::Status ListPage(int page_no, int page_size, v1::GetShopListByMerchantResponse* response) {
    v1::GetShopListByMerchantRequest request;
    request.set_merchant_id(kMerchant);
    request.set_page_no(page_no);
    request.set_page_size(page_size);
    grpc::ClientContext context;
    return merchants_->GetShopListByMerchant(&context, request, response);
  }
  grpc::Status ListShopsOfMerchant() {
    v1::GetShopListByMerchantResponse response;
    return ListPage(0, 0, &response);
  }

  std::vector<v1::StreamMerchantShopsResponse> ReadAll(const v1::StreamMerchantShopsRequest& request) {
    grpc::ClientContext context;
    const auto stream = merchants_->StreamMerchantShops(&context, request);
    std::vector<v1::StreamMerchantShopsResponse> frames;
    v1::StreamMerchantShopsResponse frame;
    while (stream->Read(&frame)) frames.push_back(frame);
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return frames;
  }

  const TempFolder folder_;
  std::unique_ptr<v1::MerchantService::Stub> merchants_;
};

TEST_F(MerchantTest, TheLoginOfItsMainAccountLetsAMerchantListItsShops) {
  LogInMainAccount(kMainAccount);
  std::set<std::int64_t> shops;
  v1::GetShopListByMerchantResponse page;
  int page_no = 0;
  do {
    page.Clear();
    const grpc::Status status = ListPage(++page_no, 10, &page);
    ASSERT_TRUE(status.ok()) << status.error_message();
    for (const v1::MerchantShop& shop : page.shop_list()) shops.insert(shop.shop_id());
  } while (page.more());
  EXPECT_EQ(page_no, 3);
  EXPECT_EQ(shops.size(), 22U);
  EXPECT_TRUE(shops.contains(emulator::kFirstShopId));
}

TEST_F(MerchantTest, AStreamTurnsTheNumberedPagesAndGoesOnWhereItWas) {
  LogInMainAccount(kMainAccount);
  v1::StreamMerchantShopsRequest request;
  request.add_merchant_ids(kMerchant);
  request.set_page_size(10);
  const auto frames = ReadAll(request);
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[0].merchant_id(), kMerchant);
  EXPECT_EQ(frames[0].resume_cursor(), "2");
  EXPECT_EQ(frames[2].page().shop_list_size(), 2);
  EXPECT_TRUE(frames[2].last());

  request.add_resume()->set_merchant_id(kMerchant);
  request.mutable_resume(0)->set_resume_cursor(frames[1].resume_cursor());
  const auto rest = ReadAll(request);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].page().shop_list(0).shop_id(), frames[2].page().shop_list(0).shop_id());
}

TEST_F(MerchantTest, TheCallCarriesTheMerchantsIdAndTokenAndNoShop) {
  LogInMainAccount(kMainAccount);
  ASSERT_TRUE(ListShopsOfMerchant().ok());
  const std::string query = emulator_.Journal().back().query;
  EXPECT_TRUE(absl::StrContains(query, "merchant_id=1000001")) << query;
  EXPECT_FALSE(absl::StrContains(query, "shop_id=")) << query;
}

TEST_F(MerchantTest, AnEndedTokenIsRenewedForTheMerchantAlone) {
  LogInMainAccount(kMainAccount);
  EndAccessTokens();
  const grpc::Status status = ListShopsOfMerchant();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Refreshes(), 1U);
  EXPECT_EQ(emulator_.MerchantTokens(kMerchant).refreshes, 1U);
}

TEST_F(MerchantTest, RefreshNowRenewsTheMerchantsPair) {
  LogInMainAccount(kMainAccount);
  v1::RefreshNowRequest request;
  request.mutable_subject()->set_merchant_id(kMerchant);
  grpc::ClientContext context;
  v1::RefreshNowResponse response;
  const grpc::Status status = auth_->RefreshNow(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.shop().subject().merchant_id(), kMerchant);
  EXPECT_EQ(response.shop().state(), v1::TOKEN_STATE_READY);
  EXPECT_TRUE(ListShopsOfMerchant().ok());
  EXPECT_EQ(Refreshes(), 1U);
}

TEST_F(MerchantTest, TokensOfAShopOfTheSameNumberAreNotTheMerchants) {
  LogInMainAccount(kMainAccount);
  v1::ImportTokensRequest request;
  request.add_tokens()->mutable_subject()->set_shop_id(kMerchant);
  request.mutable_tokens(0)->set_access_token("of-the-shop");
  grpc::ClientContext context;
  v1::ImportTokensResponse response;
  ASSERT_TRUE(auth_->ImportTokens(&context, request, &response).ok());
  const grpc::Status status = ListShopsOfMerchant();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Refreshes(), 0U);
}

TEST_F(MerchantTest, AMerchantThatHasNotLoggedInIsNamed) {
  const grpc::Status status = ListShopsOfMerchant();
  EXPECT_EQ(ReasonOf(status), "NO_ACCESS_TOKEN");
  EXPECT_TRUE(absl::StrContains(status.error_message(), "merchant 1000001")) << status.error_message();
  EXPECT_EQ(emulator_.RequestCount(kListPath), 0U);
}

TEST_F(MerchantTest, ARemedySpeaksOfTheMerchant) {
  LogInMainAccount(kMainAccount);
  AnswerWith(kListPath, R"({"error":"error_permission","message":"no","request_id":"r"})");
  const grpc::Status status = ListShopsOfMerchant();
  EXPECT_EQ(ReasonOf(status), "ACCESS_DENIED");
  const std::string remedy = ErrorInfoOf(DetailsOf(status)).metadata().at("remedy");
  EXPECT_TRUE(absl::StrContains(remedy, "the merchant")) << remedy;
  EXPECT_FALSE(absl::StrContains(remedy, "shop")) << remedy;
}

}  // namespace
}  // namespace firstmile::testing

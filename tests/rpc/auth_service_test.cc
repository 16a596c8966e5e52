// AuthService from its client's view: logins, imports and stored tokens.
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "support/token_fixture.h"

namespace firstmile::testing {
namespace {

constexpr std::int64_t kShop = emulator::kFirstShopId;

class AuthServiceTest : public StoredTokensTest {
 protected:
  void SetUp() override {
    settings_.redirect_url = "https://seller.test/back";
    StartSidecar();
  }

  // Calls `method` of the stub and keeps the response.
  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (v1::AuthService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                  Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    return (auth_.get()->*method)(&context, request, response);
  }
  grpc::Status UrlFor(const v1::GetAuthorizationUrlRequest& request, std::string* url) {
    v1::GetAuthorizationUrlResponse response;
    const grpc::Status status = Call(&v1::AuthService::Stub::GetAuthorizationUrl, request, &response);
    *url = response.url();
    return status;
  }
  grpc::Status Import(std::int64_t shop_id, const std::string& access_token,
                      const std::string& refresh_token) {
    v1::ImportTokensRequest request;
    v1::ImportedTokens* tokens = request.add_tokens();
    tokens->mutable_subject()->set_shop_id(shop_id);
    tokens->set_access_token(access_token);
    tokens->set_refresh_token(refresh_token);
    v1::ImportTokensResponse response;
    return Call(&v1::AuthService::Stub::ImportTokens, request, &response);
  }
  grpc::Status RefreshNow(std::int64_t shop_id, v1::RefreshNowResponse* response) {
    v1::RefreshNowRequest request;
    request.mutable_subject()->set_shop_id(shop_id);
    return Call(&v1::AuthService::Stub::RefreshNow, request, response);
  }
  grpc::Status Forget(std::int64_t shop_id) {
    v1::ForgetShopRequest request;
    request.mutable_subject()->set_shop_id(shop_id);
    v1::ForgetShopResponse response;
    return Call(&v1::AuthService::Stub::ForgetShop, request, &response);
  }
  static std::string FieldOf(const grpc::Status& status) {
    google::rpc::BadRequest bad;
    const google::rpc::Status whole = DetailsOf(status);
    for (const auto& detail : whole.details()) {
      if (detail.UnpackTo(&bad)) return bad.field_violations(0).field();
    }
    return "";
  }
};

TEST_F(AuthServiceTest, BuildsTheUnsignedPageWithTheConfiguredRedirect) {
  v1::GetAuthorizationUrlRequest request;
  request.set_state("a b");
  std::string url;
  ASSERT_TRUE(UrlFor(request, &url).ok());
  EXPECT_EQ(url,
            absl::StrCat(emulator_.base_url(), "/auth?partner_id=", emulator::kDemoPartnerId,
                         "&auth_type=seller&redirect_uri=https%3A%2F%2Fseller.test%2Fback&response_type=code"
                         "&state=a%20b"));
}

TEST_F(AuthServiceTest, BuildsThePageOfEveryHost) {
  v1::GetAuthorizationUrlRequest request;
  std::string url;
  for (const auto& [host, page] :
       {std::pair(v1::AUTHORIZATION_HOST_LIVE, "https://open.shopee.com/auth?"),
        std::pair(v1::AUTHORIZATION_HOST_LIVE_CHINA, "https://open.shopee.cn/auth?"),
        std::pair(v1::AUTHORIZATION_HOST_LIVE_BRAZIL, "https://open.shopee.com.br/auth?"),
        std::pair(v1::AUTHORIZATION_HOST_SANDBOX, "https://open.sandbox.test-stable.shopee.com/auth?"),
        std::pair(v1::AUTHORIZATION_HOST_SANDBOX_CHINA,
                  "https://open.sandbox.test-stable.shopee.cn/auth?")}) {
    request.set_host(host);
    ASSERT_TRUE(UrlFor(request, &url).ok());
    EXPECT_TRUE(absl::StartsWith(url, page)) << url;
  }
  request.set_cancel(true);
  ASSERT_TRUE(UrlFor(request, &url).ok());
  EXPECT_TRUE(absl::StrContains(url, "/cancel_auth?")) << url;
}

TEST_F(AuthServiceTest, BuildsTheSignedPageForFiveMinutes) {
  v1::GetAuthorizationUrlRequest request;
  request.set_form(v1::AUTHORIZATION_FORM_SIGNED);
  v1::GetAuthorizationUrlResponse response;
  ASSERT_TRUE(Call(&v1::AuthService::Stub::GetAuthorizationUrl, request, &response).ok());
  EXPECT_TRUE(absl::StrContains(response.url(), "/api/v2/shop/auth_partner?partner_id=")) << response.url();
  EXPECT_TRUE(absl::StrContains(response.url(), "&sign="));
  EXPECT_TRUE(absl::StrContains(response.url(), "redirect=https%3A%2F%2Fseller.test%2Fback"));
  EXPECT_NEAR(static_cast<double>(response.expire_time().seconds()),
              static_cast<double>(absl::ToUnixSeconds(absl::Now())) + 300, 60);
}

TEST_F(AuthServiceTest, NamesTheFieldOfABadRequest) {
  std::string url;
  v1::GetAuthorizationUrlRequest address;
  address.set_redirect_url("seller.test");
  EXPECT_EQ(FieldOf(UrlFor(address, &url)), "redirect_url");
  address.set_redirect_url("https://seller.test");
  address.set_form(v1::AUTHORIZATION_FORM_SIGNED);
  address.set_state("s");
  EXPECT_EQ(FieldOf(UrlFor(address, &url)), "state");

  v1::ExchangeCodeRequest exchange;
  exchange.set_code("c");
  v1::ExchangeCodeResponse exchanged;
  EXPECT_EQ(FieldOf(Call(&v1::AuthService::Stub::ExchangeCode, exchange, &exchanged)), "account");
  EXPECT_EQ(FieldOf(Import(0, "a", "r")), "tokens[0].subject.shop_id");
  EXPECT_EQ(FieldOf(Import(kShop, "", "")), "tokens[0].refresh_token");
  EXPECT_EQ(FieldOf(Import(kShop, std::string(20'000, 'a'), "")), "tokens[0].access_token");
  EXPECT_EQ(FieldOf(Forget(-1)), "subject.shop_id");

  v1::ListShopsRequest list;
  v1::ListShopsResponse listed;
  list.set_page_size(1001);
  EXPECT_EQ(FieldOf(Call(&v1::AuthService::Stub::ListShops, list, &listed)), "page_size");
  list.set_page_size(0);
  list.set_cursor("?");
  EXPECT_EQ(FieldOf(Call(&v1::AuthService::Stub::ListShops, list, &listed)), "cursor");
}

TEST_F(AuthServiceTest, ACodeThatBringsAnothersTokensStoresNothing) {
  v1::ExchangeCodeRequest request;
  request.set_code("code");
  request.mutable_account()->set_shop_id(kShop);
  v1::ExchangeCodeResponse response;
  for (const char* names :
       {R"("shop_id":600001)", R"("partner_id":1)", R"("shop_id_list":[600001,600002])"}) {
    AnswerWith("/api/v2/auth/token/get",
               absl::StrCat(R"({"error":"","access_token":"a","refresh_token":"r",)", names, "}"));
    const grpc::Status status = Call(&v1::AuthService::Stub::ExchangeCode, request, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNKNOWN) << names;
    EXPECT_EQ(ReasonOf(status), "TOKEN_OF_ANOTHER_SUBJECT") << names;
    EXPECT_EQ(response.shops_size(), 0);
    EXPECT_EQ(List().shops_size(), 0) << names;
  }
}

TEST_F(AuthServiceTest, ALoginOfAShopIsKeptForThatShopAlone) {
  v1::ExchangeCodeRequest request;
  request.set_code("code");
  request.mutable_account()->set_shop_id(kShop);
  v1::ExchangeCodeResponse response;
  AnswerWith("/api/v2/auth/token/get",
             R"({"error":"","access_token":"a","refresh_token":"r","shop_id_list":[600000,600001]})");
  ASSERT_TRUE(Call(&v1::AuthService::Stub::ExchangeCode, request, &response).ok());
  ASSERT_EQ(List().shops_size(), 1);
  EXPECT_EQ(List().shops(0).subject().shop_id(), kShop);
}

TEST_F(AuthServiceTest, AUsedCodeIsRefusedWithARemedy) {
  v1::ExchangeCodeRequest request;
  request.set_code(emulator_.AuthorizeShop(kShop));
  request.mutable_account()->set_shop_id(kShop);
  v1::ExchangeCodeResponse response;
  ASSERT_TRUE(Call(&v1::AuthService::Stub::ExchangeCode, request, &response).ok());
  const grpc::Status status = Call(&v1::AuthService::Stub::ExchangeCode, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(status), "CODE_REFUSED");
  EXPECT_TRUE(absl::StrContains(ErrorInfoOf(DetailsOf(status)).metadata().at("remedy"), "log in again"));
}

TEST_F(AuthServiceTest, TakesOverTokensOfAnotherSystemAndRenewsThem) {
  const emulator::TokenState pair = emulator_.ShopTokens(kShop);
  ASSERT_TRUE(Import(kShop, pair.access_token, pair.refresh_token).ok());
  v1::RefreshNowResponse refreshed;
  const grpc::Status status = RefreshNow(kShop, &refreshed);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(refreshed.shop().subject().shop_id(), kShop);
  EXPECT_TRUE(refreshed.shop().has_refreshed_time());
  EXPECT_FALSE(refreshed.header().request_id().empty()) << "Shopee's id of the refresh";
  EXPECT_NE(emulator_.ShopTokens(kShop).access_token, pair.access_token);
  EXPECT_TRUE(Ask().ok());
}

TEST_F(AuthServiceTest, ARefreshTokenAloneIsEnoughToComeIn) {
  ASSERT_TRUE(Import(kShop, "", emulator_.ShopTokens(kShop).refresh_token).ok());
  EXPECT_TRUE(Ask().ok());
  EXPECT_EQ(Refreshes(), 1U);
}

TEST_F(AuthServiceTest, AnAccessTokenAloneWorksUntilItIsRefused) {
  ASSERT_TRUE(Import(kShop, emulator_.ShopTokens(kShop).access_token, "").ok());
  EXPECT_EQ(List().shops(0).state(), v1::TOKEN_STATE_NOT_RENEWABLE);
  EXPECT_TRUE(Ask().ok());
  emulator_.SetAccessToken(kShop, "another");
  EXPECT_EQ(Ask().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Refreshes(), 0U);
}

TEST_F(AuthServiceTest, ListsInPagesAndByState) {
  for (std::int64_t shop = kShop; shop < kShop + 5; ++shop) ASSERT_TRUE(Import(shop, "a", "r").ok());
  ASSERT_TRUE(Import(kShop + 5, "a", "").ok());
  v1::ListShopsRequest request;
  request.set_page_size(4);
  v1::ListShopsResponse page;
  std::vector<std::int64_t> shops;
  do {
    ASSERT_TRUE(Call(&v1::AuthService::Stub::ListShops, request, &page).ok());
    for (const v1::ShopTokenStatus& shop : page.shops()) shops.push_back(shop.subject().shop_id());
    request.set_cursor(page.next_cursor());
  } while (!page.next_cursor().empty());
  EXPECT_EQ(shops, (std::vector<std::int64_t>{kShop, kShop + 1, kShop + 2, kShop + 3, kShop + 4, kShop + 5}));

  v1::ListShopsRequest filtered;
  filtered.add_states(v1::TOKEN_STATE_NOT_RENEWABLE);
  ASSERT_TRUE(Call(&v1::AuthService::Stub::ListShops, filtered, &page).ok());
  ASSERT_EQ(page.shops_size(), 1);
  EXPECT_EQ(page.shops(0).subject().shop_id(), kShop + 5);
}

TEST_F(AuthServiceTest, AForgottenShopIsGoneAtOnceAndKnownNoMore) {
  LogIn(kShop + 20);
  EXPECT_TRUE(Forget(kShop + 20).ok());
  EXPECT_EQ(Forget(kShop + 20).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(List().shops_size(), 0);
  v1::RefreshNowResponse response;
  EXPECT_EQ(ReasonOf(RefreshNow(kShop + 20, &response)), "NO_ACCESS_TOKEN");
}

TEST_F(AuthServiceTest, ACallWithItsOwnTokenNeverTouchesStoredTokens) {
  ASSERT_TRUE(Import(kShop, "wrong", "wrong").ok());
  grpc::ClientContext context;
  context.AddMetadata("x-shopee-access-token", emulator_.ShopTokens(kShop).access_token);
  v1::GetTrackingNumberResponse response;
  EXPECT_TRUE(logistics_->GetTrackingNumber(&context, DocumentedQuestion(), &response).ok());

  grpc::ClientContext refused;
  refused.AddMetadata("x-shopee-access-token", "refused");
  EXPECT_EQ(logistics_->GetTrackingNumber(&refused, DocumentedQuestion(), &response).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Refreshes(), 0U);
}

TEST_F(AuthServiceTest, WatchersSeeWhatHappensToTheirShopsOnly) {
  v1::WatchShopsRequest request;
  request.add_shop_ids(kShop);
  grpc::ClientContext context;
  const auto stream = auth_->WatchShops(&context, request);
  stream->WaitForInitialMetadata();
  LogIn(kShop + 1);
  LogIn(kShop);
  v1::RefreshNowResponse refreshed;
  ASSERT_TRUE(RefreshNow(kShop, &refreshed).ok());
  ASSERT_TRUE(Forget(kShop).ok());
  for (const v1::TokenEvent expected : {v1::TOKEN_EVENT_AUTHORIZED, v1::TOKEN_EVENT_REFRESH_STARTED,
                                        v1::TOKEN_EVENT_REFRESHED, v1::TOKEN_EVENT_FORGOTTEN}) {
    v1::WatchShopsResponse event;
    ASSERT_TRUE(stream->Read(&event));
    EXPECT_EQ(event.event(), expected) << event.ShortDebugString();
    EXPECT_EQ(event.shop().subject().shop_id(), kShop);
  }
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(AuthServiceTest, TheDrainEndsWatchersAtOnce) {
  grpc::ClientContext context;
  const auto stream = auth_->WatchShops(&context, {});
  stream->WaitForInitialMetadata();
  sidecar_->Drain();
  v1::WatchShopsResponse event;
  EXPECT_FALSE(stream->Read(&event));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(AuthServiceTest, WithoutAnAnswerTheErrorSaysThatTheCodeMayBeUsedUp) {
  Misbehave("/api/v2/auth/token/get", emulator::Fault::Action::kClose, 0, 1);
  v1::ExchangeCodeRequest request;
  request.set_code(emulator_.AuthorizeShop(kShop));
  request.mutable_account()->set_shop_id(kShop);
  v1::ExchangeCodeResponse response;
  const grpc::Status status = Call(&v1::AuthService::Stub::ExchangeCode, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNKNOWN) << status.error_message();
  EXPECT_EQ(ReasonOf(status), "TOKEN_ANSWER_UNCLEAR");
}

class EveryRpcOfAuthService : public AuthServiceTest {
 protected:
  // Each rpc's status for this request, by the rpc's name. A stream that fails at once ends like a unary
  // call.
  std::map<std::string, grpc::Status> Call(const std::string& bytes) {
    const google::protobuf::ServiceDescriptor* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("firstmile.v1.AuthService");
    std::map<std::string, grpc::Status> statuses;
    for (int i = 0; i < service->method_count(); ++i) {
      const google::protobuf::MethodDescriptor* method = service->method(i);
      if (method->server_streaming() && bytes.empty()) continue;
      statuses.emplace(method->full_name(), Call(*method, bytes));
    }
    return statuses;
  }

 private:
  grpc::Status Call(const google::protobuf::MethodDescriptor& method, const std::string& bytes) {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> ended;
    stub.UnaryCall(&context, absl::StrCat("/", method.service()->full_name(), "/", method.name()), {},
                   &request, &response,
                   [&ended](grpc::Status status) { ended.set_value(std::move(status)); });
    return ended.get_future().get();
  }
};

TEST_F(EveryRpcOfAuthService, IsImplemented) {
  for (const auto& [rpc, status] : Call(""))
    EXPECT_NE(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << rpc;
}

TEST_F(EveryRpcOfAuthService, SaysThatARequestCannotBeRead) {
  for (const auto& [rpc, status] : Call("\xff\xff")) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << rpc;
    EXPECT_EQ(ReasonOf(status), "REQUEST_INVALID") << rpc;
  }
}

}  // namespace
}  // namespace firstmile::testing

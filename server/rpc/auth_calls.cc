#include "rpc/auth_calls.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "rpc/rpc_failures.h"
#include "rpc/token_exchange.h"
#include "rpc/token_messages.h"
#include "rpc/too_many_queries.h"
#include "tokens/authorization_url.h"
#include "tokens/token_refusals.h"

namespace firstmile::rpc {
namespace {

using tokens::Subject;
using tokens::TokenRecord;

absl::string_view ApiHost(v1::AuthorizationHost host, absl::string_view upstream) {
  switch (host) {
    case v1::AUTHORIZATION_HOST_LIVE:
      return "https://partner.shopeemobile.com";
    case v1::AUTHORIZATION_HOST_LIVE_CHINA:
      return "https://openplatform.shopee.cn";
    case v1::AUTHORIZATION_HOST_LIVE_BRAZIL:
      return "https://openplatform.shopee.com.br";
    case v1::AUTHORIZATION_HOST_SANDBOX:
      return "https://openplatform.sandbox.test-stable.shopee.sg";
    case v1::AUTHORIZATION_HOST_SANDBOX_CHINA:
      return "https://openplatform.sandbox.test-stable.shopee.cn";
    default:
      return upstream;
  }
}

google::rpc::Status StoreStatus(Subject subject, const absl::Status& status, absl::string_view operation) {
  return tokens::StatusOf(tokens::StoreFailed(subject, status), operation);
}

absl::Time TimeOr(bool present, const google::protobuf::Timestamp& time, absl::Time otherwise) {
  return present ? absl::FromUnixSeconds(time.seconds()) : otherwise;
}

TokenRecord RecordOf(const v1::ImportedTokens& imported, absl::Time now,
                     const tokens::RefreshPolicy& policy) {
  TokenRecord record;
  record.subject = SubjectOf(imported.subject());
  record.pair = {secrets::Secret(imported.access_token()), secrets::Secret(imported.refresh_token())};
  record.access_expires =
      TimeOr(imported.has_access_expire_time(), imported.access_expire_time(), absl::InfiniteFuture());
  record.refresh_expires =
      TimeOr(imported.has_refresh_expire_time(), imported.refresh_expire_time(), now + policy.refresh_life);
  record.authorization_expires = TimeOr(imported.has_authorization_expire_time(),
                                        imported.authorization_expire_time(), absl::InfiniteFuture());
  return record;
}

}  // namespace

async::Task<google::rpc::Status> GetAuthorizationUrl(const AuthContext& auth,
                                                     const v1::GetAuthorizationUrlRequest& request,
                                                     v1::GetAuthorizationUrlResponse* response) {
  const absl::string_view api = ApiHost(request.host(), auth.tokens.auth.base_url);
  const tokens::AuthorizationPage page{
      .redirect_url = request.redirect_url().empty() ? auth.redirect_url : request.redirect_url(),
      .state = request.state(),
      .cancel = request.cancel()};
  if (page.redirect_url.empty()) co_return WithoutRedirect("AuthService/GetAuthorizationUrl");
  if (request.form() == v1::AUTHORIZATION_FORM_SIGNED) {
    const absl::Time now = auth.rpc.clock.Now();
    const secrets::Secret url = tokens::SignedPage(api, auth.tokens.signer, now, page);
    response->set_url(std::string(url.Reveal()));
    SetTime(now + tokens::kSignedPageLife, response->mutable_expire_time());
  } else {
    response->set_url(tokens::UnsignedPage(tokens::PageOriginOf(api), auth.tokens.signer.partner_id(), page));
  }
  co_return google::rpc::Status();
}

async::Task<google::rpc::Status> ImportTokens(const AuthContext& auth, gateway::Shard& home,
                                              const v1::ImportTokensRequest& request,
                                              v1::ImportTokensResponse* response, std::stop_token stop) {
  const absl::Time now = home.loop.clock().Now();
  for (const v1::ImportedTokens& imported : request.tokens()) {
    if (stop.stop_requested())
      co_return tokens::StatusOf(tokens::StoppedWaiting(), "AuthService/ImportTokens");
    const absl::StatusOr<TokenRecord> stored =
        co_await StoreNewPairThere(auth, home, RecordOf(imported, now, auth.tokens.policy));
    if (!stored.ok())
      co_return StoreStatus(SubjectOf(imported.subject()), stored.status(), "AuthService/ImportTokens");
    FillShop(*stored, response->add_shops());
  }
  co_return google::rpc::Status();
}

async::Task<google::rpc::Status> ListShops(const AuthContext& auth, gateway::Shard& home,
                                           const v1::ListShopsRequest& request,
                                           v1::ListShopsResponse* response) {
  std::string after;
  absl::WebSafeBase64Unescape(request.cursor(), &after);
  const int limit = request.page_size() == 0 ? kListedShopsDefault : request.page_size();
  auto page = co_await auth.rpc.query_threads.Run(
      home.loop, [&auth, after, limit] { return auth.tokens.repository.List(after, limit); });
  if (absl::IsResourceExhausted(page.status())) co_return TooManyQueries(auth.rpc, "AuthService/ListShops");
  if (!page.ok()) co_return tokens::StatusOf(tokens::StoreFailed(page.status()), "AuthService/ListShops");
  for (const TokenRecord& record : page->records) {
    const auto& states = request.states();
    const bool wanted =
        states.empty() || std::find(states.begin(), states.end(), StateOf(record)) != states.end();
    if (wanted && !record.forgotten) FillShop(record, response->add_shops());
  }
  response->set_next_cursor(absl::WebSafeBase64Escape(page->next));
  response->set_unreadable_records(page->unreadable);
  co_return google::rpc::Status();
}

async::Task<google::rpc::Status> RefreshNow(const AuthContext& auth, gateway::Shard& home,
                                            const v1::RefreshNowRequest& request,
                                            v1::RefreshNowResponse* response, std::stop_token stop) {
  constexpr absl::string_view kOperation = "AuthService/RefreshNow";
  const Subject subject = SubjectOf(request.subject());
  const tokens::TokenAnswer answer = co_await home.token_manager.RefreshNow(subject, std::move(stop));
  if (answer.refusal.has_value()) co_return tokens::StatusOf(*answer.refusal, kOperation);
  auto record = co_await auth.tokens.store.Run(
      home.loop, [&auth, subject] { return auth.tokens.repository.Read(subject); });
  if (!record.ok()) co_return StoreStatus(subject, record.status(), kOperation);
  if (!record->has_value()) co_return tokens::StatusOf(tokens::UnknownSubject(subject), kOperation);
  response->mutable_header()->set_request_id(answer.request_id);
  FillShop(**record, response->mutable_shop());
  co_return google::rpc::Status();
}

async::Task<google::rpc::Status> ForgetShop(gateway::Shard& home, const v1::ForgetShopRequest& request) {
  constexpr absl::string_view kOperation = "AuthService/ForgetShop";
  const Subject subject = SubjectOf(request.subject());
  const absl::StatusOr<bool> forgotten = co_await home.token_manager.Forget(subject);
  if (!forgotten.ok()) co_return StoreStatus(subject, forgotten.status(), kOperation);
  if (*forgotten) co_return google::rpc::Status();
  co_return TokensNotStored(subject, kOperation);
}

}  // namespace firstmile::rpc

#include "rpc/auth_calls.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "errors/status.h"
#include "rpc/auth_checks.h"
#include "rpc/custody_messages.h"
#include "rpc/too_many_queries.h"
#include "tokens/authorization_url.h"
#include "tokens/token_refusals.h"
#include "transport/run_on.h"
#include "transport/waiter.h"

namespace firstmile::rpc {
namespace {

using errors::Code;
using tokens::Subject;
using tokens::TokenRecord;

// A pair that the platform has given out for a code is offered to the store this often.
constexpr int kKeepAttempts = 5;
constexpr std::chrono::milliseconds kKeepPause{200};

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
  return tokens::StatusOf(tokens::StoreTrouble(subject, status), operation);
}

absl::Time TimeOr(bool present, const google::protobuf::Timestamp& time, absl::Time otherwise) {
  return present ? absl::FromUnixSeconds(time.seconds()) : otherwise;
}

async::Task<absl::StatusOr<TokenRecord>> Adopt(const AuthContext& auth, gateway::Shard& home,
                                               TokenRecord record) {
  gateway::Shard& there = auth.rpc.shards.For(record.subject.id);
  co_return co_await transport::RunThereResumeHere(there.loop, home.loop,
                                                   there.custodian.Adopt(std::move(record)));
}

// The same, again and again for a second: a pair that came for a code cannot be had twice.
async::Task<absl::StatusOr<TokenRecord>> Keep(const AuthContext& auth, gateway::Shard& home,
                                              TokenRecord record) {
  absl::StatusOr<TokenRecord> kept = co_await Adopt(auth, home, record);
  for (int attempt = 1; !kept.ok() && attempt < kKeepAttempts; ++attempt) {
    co_await transport::SleepUntil(home.loop, home.loop.clock().Monotonic() + kKeepPause, std::stop_token());
    kept = co_await Adopt(auth, home, record);
  }
  co_return kept;
}

std::vector<Subject> SubjectsOf(const v1::ExchangeCodeRequest& request, const codec::TokenGrant& grant) {
  if (request.has_shop_id()) return {tokens::Shop(request.shop_id())};
  std::vector<Subject> subjects;
  subjects.reserve(grant.shop_ids.size() + grant.merchant_ids.size());
  for (const std::int64_t id : grant.shop_ids) subjects.push_back(tokens::Shop(id));
  for (const std::int64_t id : grant.merchant_ids) subjects.push_back(tokens::Merchant(id));
  std::sort(subjects.begin(), subjects.end(),
            [](Subject a, Subject b) { return std::pair(a.kind, a.id) < std::pair(b.kind, b.id); });
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  return subjects;
}

TokenRecord RecordOf(Subject subject, const codec::TokenGrant& grant, absl::Time now,
                     const tokens::RefreshPolicy& policy) {
  TokenRecord record;
  record.subject = subject;
  record.pair = {grant.access_token, grant.refresh_token};
  record.access_expires = grant.expires.value_or(now + policy.access_life);
  record.refresh_expires = now + policy.refresh_life;
  return record;
}

TokenRecord RecordOf(const v1::ImportedTokens& imported, absl::Time now,
                     const tokens::RefreshPolicy& policy) {
  TokenRecord record;
  record.subject = SubjectOf(imported);
  record.pair = {secrets::Secret(imported.access_token()), secrets::Secret(imported.refresh_token())};
  record.access_expires =
      TimeOr(imported.has_access_expire_time(), imported.access_expire_time(), absl::InfiniteFuture());
  record.refresh_expires =
      TimeOr(imported.has_refresh_expire_time(), imported.refresh_expire_time(), now + policy.refresh_life);
  record.authorization_expires = TimeOr(imported.has_authorization_expire_time(),
                                        imported.authorization_expire_time(), absl::InfiniteFuture());
  return record;
}

async::Task<tokens::GrantAnswer> Redeem(tokens::AuthClient& client, const v1::ExchangeCodeRequest& request) {
  secrets::Secret code(request.code());
  if (request.has_shop_id()) return client.RedeemForShop(std::move(code), request.shop_id());
  return client.RedeemForMainAccount(std::move(code), request.main_account_id());
}

// A main account is no subject of custody: the line of its call tells.
async::Task<void> TellOfRefusedGrant(const AuthContext& auth, gateway::Shard& home,
                                     const v1::ExchangeCodeRequest& request) {
  if (!request.has_shop_id()) co_return;
  TokenRecord about;
  about.subject = tokens::Shop(request.shop_id());
  auto known = co_await auth.custody.store.Run(
      home.loop, [&auth, subject = about.subject] { return auth.custody.ledger.Read(subject); });
  if (known.ok() && known->has_value()) about = **std::move(known);
  auth.custody.events.On(tokens::Transition::kGrantRefused, about, tokens::kTokenOfAnotherSubject);
}

google::rpc::Status CodeNotRedeemed(const tokens::GrantAnswer& answer, absl::string_view operation) {
  errors::Verdict verdict = answer.verdict;
  if (answer.is_of_another()) {
    verdict.code = Code::kUnknown;
    verdict.remedy =
        "The code may be spent. Try once more; when it is refused, let the seller log in again. Look for a "
        "proxy between the sidecar and the platform that mixes up answers.";
  } else if (answer.end == tokens::GrantEnd::kRefused) {
    verdict = {.code = Code::kFailedPrecondition,
               .reason = "CODE_REFUSED",
               .remedy =
                   "A code works once, for ten minutes and for the account that logged in: let the seller "
                   "log in again."};
  } else if (answer.end == tokens::GrantEnd::kUnknown) {
    verdict = {
        .code = Code::kUnknown,
        .reason = "WRITE_OUTCOME_UNKNOWN",
        .remedy = "The code may be spent. Try once more; when it is refused, let the seller log in again."};
  }
  return errors::FromUpstream(verdict, answer.failure, operation);
}

}  // namespace

async::Task<google::rpc::Status> GetAuthorizationUrl(const AuthContext& auth,
                                                     const v1::GetAuthorizationUrlRequest& request,
                                                     v1::GetAuthorizationUrlResponse* response) {
  const absl::string_view api = ApiHost(request.host(), auth.custody.auth.base_url);
  const tokens::AuthorizationPage page{
      .redirect_url = request.redirect_url().empty() ? auth.redirect_url : request.redirect_url(),
      .state = request.state(),
      .cancel = request.cancel()};
  if (request.form() == v1::AUTHORIZATION_FORM_SIGNED) {
    const absl::Time now = auth.rpc.clock.Now();
    const secrets::Secret url = tokens::SignedPage(api, auth.custody.signer, now, page);
    response->set_url(std::string(url.Reveal()));
    SetTime(now + tokens::kSignedPageLife, response->mutable_expire_time());
  } else {
    response->set_url(
        tokens::UnsignedPage(tokens::PageOriginOf(api), auth.custody.signer.partner_id(), page));
  }
  co_return google::rpc::Status();
}

async::Task<google::rpc::Status> ExchangeCode(const AuthContext& auth, gateway::Shard& home,
                                              const v1::ExchangeCodeRequest& request,
                                              v1::ExchangeCodeResponse* response) {
  constexpr absl::string_view kOperation = "AuthService/ExchangeCode";
  // A code is not to be spent before a store that is not there.
  auto probe =
      co_await auth.custody.store.Run(home.loop, [&auth] { return auth.custody.ledger.List("", 1); });
  if (!probe.ok()) co_return tokens::StatusOf(tokens::StoreTrouble(probe.status()), kOperation);

  const tokens::GrantAnswer answer = co_await Redeem(home.custodian.client(), request);
  if (answer.is_of_another()) co_await TellOfRefusedGrant(auth, home, request);
  if (answer.end != tokens::GrantEnd::kGranted) co_return CodeNotRedeemed(answer, kOperation);
  response->set_request_id(answer.request_id);
  const absl::Time now = home.loop.clock().Now();
  for (const Subject subject : SubjectsOf(request, answer.grant)) {
    const absl::StatusOr<TokenRecord> kept =
        co_await Keep(auth, home, RecordOf(subject, answer.grant, now, auth.custody.policy));
    if (!kept.ok()) co_return StoreStatus(subject, kept.status(), kOperation);
    FillShop(*kept, response->add_shops());
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
    const absl::StatusOr<TokenRecord> kept =
        co_await Adopt(auth, home, RecordOf(imported, now, auth.custody.policy));
    if (!kept.ok()) co_return StoreStatus(SubjectOf(imported), kept.status(), "AuthService/ImportTokens");
    FillShop(*kept, response->add_shops());
  }
  co_return google::rpc::Status();
}

async::Task<google::rpc::Status> ListShops(const AuthContext& auth, gateway::Shard& home,
                                           const v1::ListShopsRequest& request,
                                           v1::ListShopsResponse* response) {
  std::string after;
  absl::WebSafeBase64Unescape(request.page_token(), &after);
  const int limit = request.page_size() == 0 ? kListedShopsDefault : request.page_size();
  auto page = co_await auth.rpc.query_threads.Run(
      home.loop, [&auth, after, limit] { return auth.custody.ledger.List(after, limit); });
  if (absl::IsResourceExhausted(page.status())) co_return TooManyQueries(auth.rpc, "AuthService/ListShops");
  if (!page.ok()) co_return tokens::StatusOf(tokens::StoreTrouble(page.status()), "AuthService/ListShops");
  for (const TokenRecord& record : page->records) {
    const auto& states = request.states();
    const bool wanted =
        states.empty() || std::find(states.begin(), states.end(), StateOf(record)) != states.end();
    if (wanted && !record.forgotten) FillShop(record, response->add_shops());
  }
  response->set_next_page_token(absl::WebSafeBase64Escape(page->next));
  response->set_unreadable_records(page->unreadable);
  co_return google::rpc::Status();
}

async::Task<google::rpc::Status> RefreshNow(const AuthContext& auth, gateway::Shard& home,
                                            const v1::RefreshNowRequest& request,
                                            v1::RefreshNowResponse* response, std::stop_token stop) {
  constexpr absl::string_view kOperation = "AuthService/RefreshNow";
  const Subject subject = SubjectOf(request);
  const tokens::TokenAnswer answer = co_await home.custodian.RefreshNow(subject, std::move(stop));
  if (answer.refusal.has_value()) co_return tokens::StatusOf(*answer.refusal, kOperation);
  auto record = co_await auth.custody.store.Run(
      home.loop, [&auth, subject] { return auth.custody.ledger.Read(subject); });
  if (!record.ok()) co_return StoreStatus(subject, record.status(), kOperation);
  if (!record->has_value()) co_return tokens::StatusOf(tokens::UnknownSubject(subject), kOperation);
  FillShop(**record, response->mutable_shop());
  co_return google::rpc::Status();
}

async::Task<google::rpc::Status> ForgetShop(gateway::Shard& home, const v1::ForgetShopRequest& request) {
  constexpr absl::string_view kOperation = "AuthService/ForgetShop";
  const Subject subject = SubjectOf(request);
  const absl::StatusOr<bool> forgotten = co_await home.custodian.Forget(subject);
  if (!forgotten.ok()) co_return StoreStatus(subject, forgotten.status(), kOperation);
  if (*forgotten) co_return google::rpc::Status();
  co_return errors::Local(Code::kNotFound, "NOT_IN_CUSTODY",
                          absl::StrCat(tokens::NameOf(subject), " is not in custody"), kOperation);
}

}  // namespace firstmile::rpc

#include "rpc/token_exchange.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "errors/failure.h"
#include "errors/status.h"
#include "rpc/token_messages.h"
#include "tokens/token_refusals.h"
#include "transport/run_on.h"
#include "transport/stoppable_event.h"

namespace firstmile::rpc {
namespace {

using tokens::GrantAnswer;
using tokens::Subject;
using tokens::TokenRecord;
using transport::MonotonicTime;

// How often pairs that Shopee issued for a code are written to the store, within the time below.
constexpr int kStoreRounds = 5;
constexpr std::chrono::milliseconds kStorePause{200};
constexpr std::chrono::seconds kStoreTimeMax{5};

struct StoreFailure {
  Subject subject;
  absl::Status why;
};

// The outcome of storing a login's pairs.
struct StoreResult {
  std::vector<TokenRecord> records;  // as they are stored
  std::vector<StoreFailure> failures;
};

TokenRecord RecordOf(Subject subject, const codec::TokenGrant& grant, absl::Time now,
                     const tokens::RefreshPolicy& policy) {
  TokenRecord record;
  record.subject = subject;
  record.pair = {grant.access_token, grant.refresh_token};
  record.access_expires = tokens::AccessExpiry(grant.expires, now, policy);
  record.refresh_expires = now + policy.refresh_life;
  return record;
}

// One pair for each shop and merchant that the grant covers; `shop_id` 0: those that it names.
std::vector<TokenRecord> RecordsOf(const codec::TokenGrant& grant, std::int64_t shop_id, absl::Time now,
                                   const tokens::RefreshPolicy& policy) {
  if (shop_id != 0) return {RecordOf(tokens::Shop(shop_id), grant, now, policy)};
  const codec::GrantSubjects subjects = codec::SubjectsIn(grant);
  std::vector<TokenRecord> records;
  records.reserve(subjects.shop_ids.size() + subjects.merchant_ids.size());
  for (const std::int64_t id : subjects.shop_ids) {
    records.push_back(RecordOf(tokens::Shop(id), grant, now, policy));
  }
  for (const std::int64_t id : subjects.merchant_ids) {
    records.push_back(RecordOf(tokens::Merchant(id), grant, now, policy));
  }
  return records;
}

// Writes each record once; leaves those that the store did not take in `records`.
async::Task<std::vector<StoreFailure>> StoreEachOnce(const AuthContext& auth, gateway::Shard& home,
                                                     std::vector<TokenRecord>* records, StoreResult* result) {
  std::vector<StoreFailure> failures;
  std::vector<TokenRecord> left;
  for (TokenRecord& record : *records) {
    absl::StatusOr<TokenRecord> stored = co_await StoreNewPairThere(auth, home, record);
    if (stored.ok()) {
      result->records.push_back(*std::move(stored));
    } else {
      failures.push_back({record.subject, stored.status()});
      left.push_back(std::move(record));
    }
  }
  *records = std::move(left);
  co_return failures;
}

// A code can be redeemed only once, so a pair that the store does not take is written again, after the
// others.
async::Task<StoreResult> StoreAll(const AuthContext& auth, gateway::Shard& home,
                                  std::vector<TokenRecord> records) {
  const transport::Clock& clock = home.loop.clock();
  const MonotonicTime deadline = clock.Monotonic() + kStoreTimeMax;
  StoreResult result;
  result.failures = co_await StoreEachOnce(auth, home, &records, &result);
  for (int round = 1; round < kStoreRounds && !records.empty() && clock.Monotonic() < deadline; ++round) {
    co_await transport::SleepUntil(home.loop, clock.Monotonic() + kStorePause, std::stop_token());
    result.failures = co_await StoreEachOnce(auth, home, &records, &result);
  }
  std::sort(result.records.begin(), result.records.end(), [](const TokenRecord& a, const TokenRecord& b) {
    return std::pair(a.subject.kind, a.subject.id) < std::pair(b.subject.kind, b.subject.id);
  });
  co_return result;
}

// Checks the store first: a code must not be used up while the store is down.
async::Task<google::rpc::Status> CheckStore(const AuthContext& auth, gateway::Shard& home,
                                            absl::string_view operation) {
  auto probe =
      co_await auth.tokens.store.Run(home.loop, [&auth] { return auth.tokens.repository.List("", 1); });
  if (!probe.ok()) co_return tokens::StatusOf(tokens::StoreFailed(probe.status()), operation);
  co_return google::rpc::Status();
}

// A main account has no stored tokens; the call's log line reports it.
async::Task<void> ReportRefusedGrant(const AuthContext& auth, gateway::Shard& home, std::int64_t shop_id) {
  if (shop_id == 0) co_return;
  TokenRecord about;
  about.subject = tokens::Shop(shop_id);
  auto known = co_await auth.tokens.store.Run(
      home.loop, [&auth, subject = about.subject] { return auth.tokens.repository.Read(subject); });
  if (known.ok() && known->has_value()) about = **std::move(known);
  auth.tokens.events.On(tokens::TokenEvent::kGrantRefused, about, tokens::kTokenOfAnotherSubject);
}

tokens::TokenRefusal LostWithCode(const StoreFailure& failure) {
  tokens::TokenRefusal refusal = tokens::StoreFailed(failure.subject, failure.why);
  refusal.message = absl::StrCat("The tokens of ", tokens::NameOf(failure.subject),
                                 " could not be stored and are lost; the code is used up: ", refusal.message);
  refusal.remedy =
      "Repair the token store; then let the seller log in again, or have a resend code sent for "
      "ExchangeResendCode.";
  refusal.may_pass = false;  // the same code does not work again
  return refusal;
}

// Fills either response from what was stored; fails when nothing was.
template <typename Response>
google::rpc::Status FillResponse(const StoreResult& result, const std::string& request_id,
                                 absl::string_view operation, Response* response) {
  if (result.records.empty()) return tokens::StatusOf(LostWithCode(result.failures.front()), operation);
  response->mutable_header()->set_request_id(request_id);
  for (const TokenRecord& record : result.records) FillShop(record, response->add_shops());
  for (const StoreFailure& failure : result.failures) {
    v1::TokensNotKept* reported = response->add_failures();
    FillSubject(failure.subject, reported->mutable_subject());
    *reported->mutable_failure() = errors::FailureOf(tokens::StatusOf(LostWithCode(failure), operation));
  }
  return google::rpc::Status();
}

// Stores the tokens that Shopee issued for a code; `shop_id` 0: for all subjects that the grant names.
template <typename Response>
async::Task<google::rpc::Status> Store(const AuthContext& auth, gateway::Shard& home, GrantAnswer answer,
                                       std::int64_t shop_id, absl::string_view operation,
                                       Response* response) {
  if (answer.is_of_another()) co_await ReportRefusedGrant(auth, home, shop_id);
  if (answer.end != tokens::GrantEnd::kGranted) {
    co_return errors::FromUpstream(answer.error_class, answer.failure, operation);
  }
  const StoreResult result = co_await StoreAll(
      auth, home, RecordsOf(answer.grant, shop_id, home.loop.clock().Now(), auth.tokens.policy));
  co_return FillResponse(result, answer.request_id, operation, response);
}

async::Task<GrantAnswer> Redeem(tokens::AuthClient& client, const v1::ExchangeCodeRequest& request) {
  secrets::Secret code(request.code());
  const v1::Subject& account = request.account();
  if (account.has_shop_id()) return client.RedeemForShop(std::move(code), account.shop_id());
  return client.RedeemForMainAccount(std::move(code), account.main_account_id());
}

}  // namespace

async::Task<absl::StatusOr<TokenRecord>> StoreNewPairThere(const AuthContext& auth, gateway::Shard& home,
                                                           TokenRecord record) {
  gateway::Shard& there = auth.rpc.shards.For(record.subject);
  co_return co_await transport::RunThereResumeHere(there.loop, home.loop,
                                                   there.token_manager.StoreNewPair(std::move(record)));
}

async::Task<google::rpc::Status> ExchangeCode(const AuthContext& auth, gateway::Shard& home,
                                              const v1::ExchangeCodeRequest& request,
                                              v1::ExchangeCodeResponse* response) {
  constexpr absl::string_view kOperation = "AuthService/ExchangeCode";
  google::rpc::Status status = co_await CheckStore(auth, home, kOperation);
  if (status.code() != 0) co_return status;
  GrantAnswer answer = co_await Redeem(home.token_manager.client(), request);
  co_return co_await Store(auth, home, std::move(answer), request.account().shop_id(), kOperation, response);
}

async::Task<google::rpc::Status> ExchangeResendCode(const AuthContext& auth, gateway::Shard& home,
                                                    const v1::ExchangeResendCodeRequest& request,
                                                    v1::ExchangeResendCodeResponse* response) {
  constexpr absl::string_view kOperation = "AuthService/ExchangeResendCode";
  google::rpc::Status status = co_await CheckStore(auth, home, kOperation);
  if (status.code() != 0) co_return status;
  secrets::Secret code(request.resend_code());
  GrantAnswer answer = co_await home.token_manager.client().RedeemResendCode(std::move(code));
  co_return co_await Store(auth, home, std::move(answer), 0, kOperation, response);
}

}  // namespace firstmile::rpc

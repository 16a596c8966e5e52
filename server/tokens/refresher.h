// The refresh protocol for one subject at a time: claim the lease, send, store the new pair or require
// authorization. docs/design/tokens.md lists what is durable after each step.
//
// Belongs to one event loop: call it there; its tasks resume there.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "async/task.h"
#include "tokens/access_tokens.h"
#include "tokens/auth_client.h"
#include "tokens/refresh_policy.h"
#include "tokens/token_repository.h"
#include "transport/blocking_threads.h"

namespace firstmile::tokens {

// What a caller needs from a subject's pair.
struct Need {
  std::optional<secrets::Secret> rejected;        // any access token but this one
  std::optional<std::int64_t> beyond_generation;  // any newer pair

  bool IsMetBy(const TokenRecord& record, absl::Time now, const RefreshPolicy& policy) const;
};

struct ObtainResult {
  std::optional<TokenRecord> record;     // the record in the store; empty: unknown or forgotten
  std::optional<TokenRefusal> refusal;   // set: the need is not met
  std::optional<TokenRecord> tombstone;  // the tombstone in the store, if any
  std::string request_id;                // of Shopee's answer with the new pair; empty: no refresh
};

// Callbacks during a refresh.
struct RefreshProgress {
  std::function<void(const TokenRecord&)> restored;       // the store had lost this record
  std::function<void(const TokenRecord&)> claimed;        // a refresh is about to be sent
  std::function<void(const TokenRecord&)> refused_grant;  // the answer had another subject's tokens
  std::function<void(const TokenRecord&)> stored;         // the new pair is durable
  std::function<void(const TokenRefusal&)> store_failed;  // a store write failed; it is repeated
};

class Refresher {
 public:
  // All references outlive the Refresher.
  Refresher(TokenRepository& repository, transport::BlockingThreads& store, const RefreshPolicy& policy,
            AuthClient& client, transport::EventLoop& loop, std::string authorization_url)
      : repository_(repository),
        store_(store),
        policy_(policy),
        client_(client),
        loop_(loop),
        authorization_url_(std::move(authorization_url)) {}

  // Reads the subject's record, and refreshes the pair if the need requires it. `known` is the last record
  // that this process saw, in case the store has lost it. A stop ends waits for other processes and for the
  // store, never a refresh that was sent.
  async::Task<ObtainResult> Obtain(Subject subject, Need need, std::optional<TokenRecord> known,
                                   RefreshProgress progress, std::stop_token stop);

 private:
  struct RefreshAttempt;

  async::Task<std::optional<TokenRecord>> ReadOrRestore(RefreshAttempt& attempt);
  async::Task<std::optional<TokenRecord>> Restore(RefreshAttempt& attempt);
  async::Task<bool> ClaimUnlessMet(RefreshAttempt& attempt, TokenRecord record);
  async::Task<bool> Claim(RefreshAttempt& attempt, const TokenRecord& record);
  async::Task<bool> Enter(RefreshAttempt& attempt);
  async::Task<void> WaitForOtherProcess(RefreshAttempt& attempt);
  async::Task<void> Refresh(RefreshAttempt& attempt, TokenRecord record);
  async::Task<void> ReleaseUnsentClaim(RefreshAttempt& attempt, std::int64_t generation, TokenRefusal why);
  async::Task<void> StoreNewPair(RefreshAttempt& attempt, TokenRecord record, codec::TokenGrant grant);
  async::Task<void> RequireAuthorization(RefreshAttempt& attempt, TokenRecord record, GrantAnswer answer);
  async::Task<void> StoreRequirement(RefreshAttempt& attempt, TokenRecord record,
                                     AuthorizationRequirement authorization_required);
  async::Task<void> ReleaseLease(RefreshAttempt& attempt, TokenRecord record, GrantAnswer answer);
  async::Task<bool> Sleep(RefreshAttempt& attempt, absl::Duration time);
  std::optional<TokenRefusal> Unrenewable(const RefreshAttempt& attempt, const TokenRecord& record) const;

  TokenRepository& repository_;
  transport::BlockingThreads& store_;
  const RefreshPolicy& policy_;
  AuthClient& client_;
  transport::EventLoop& loop_;
  const std::string authorization_url_;
};

}  // namespace firstmile::tokens

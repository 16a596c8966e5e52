// The refresh protocol for one subject at a time: claim, send, keep, or give up. tokens/README.md has it as a
// table with what is durable after each step.
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
#include "tokens/token_ledger.h"
#include "transport/blocking_threads.h"

namespace firstmile::tokens {

// What somebody needs of a subject's pair.
struct Need {
  std::optional<secrets::Secret> rejected;        // any access token but this one
  std::optional<std::int64_t> beyond_generation;  // any pair that is newer

  bool IsMetBy(const TokenRecord& record, absl::Time now, const RefreshPolicy& policy) const;
};

struct Obtained {
  std::optional<TokenRecord> record;    // the subject as the store has it now; nothing: unknown or forgotten
  std::optional<TokenRefusal> refusal;  // the need is not met
};

// Told while a refresh is still under way.
struct RefreshProgress {
  std::function<void(const TokenRecord&)> restored;       // the store had lost it
  std::function<void(const TokenRecord&)> claimed;        // a refresh is about to be sent
  std::function<void(const TokenRecord&)> refused_grant;  // the answer brought tokens of another subject
  std::function<void(const TokenRecord&)> kept;           // the new pair is durable
  std::function<void(const TokenRefusal&)> cannot_keep;   // a new pair waits for the store to take it
};

class Refresher {
 public:
  // All references outlive the refresher.
  Refresher(TokenLedger& ledger, transport::BlockingThreads& store, const RefreshPolicy& policy,
            AuthClient& client, transport::EventLoop& loop, std::string authorization_url)
      : ledger_(ledger),
        store_(store),
        policy_(policy),
        client_(client),
        loop_(loop),
        authorization_url_(std::move(authorization_url)) {}

  // Reads the subject's record and refreshes the pair if that is what it takes to meet the need. `known`
  // is what this process last knew, in case that the store has lost it. A stop ends waits for others and for
  // the store, never a refresh that was sent.
  async::Task<Obtained> Obtain(Subject subject, Need need, std::optional<TokenRecord> known,
                               RefreshProgress progress, std::stop_token stop);

 private:
  struct Turn;

  async::Task<std::optional<TokenRecord>> ReadOrRestore(Turn& turn);
  async::Task<std::optional<TokenRecord>> Restore(Turn& turn);
  async::Task<bool> TakeTurn(Turn& turn, TokenRecord record);
  async::Task<bool> Claim(Turn& turn, const TokenRecord& record);
  async::Task<void> Renew(Turn& turn, TokenRecord record);
  async::Task<void> ReturnClaim(Turn& turn, std::int64_t generation);
  async::Task<void> Keep(Turn& turn, TokenRecord record, codec::TokenGrant grant);
  async::Task<void> GiveUp(Turn& turn, TokenRecord record, GrantAnswer answer);
  async::Task<void> SetAside(Turn& turn, TokenRecord record, Quarantine quarantine);
  async::Task<void> GiveBack(Turn& turn, TokenRecord record, GrantAnswer answer);
  async::Task<bool> Sleep(Turn& turn, absl::Duration time);
  std::optional<TokenRefusal> Unrenewable(const Turn& turn, const TokenRecord& record) const;

  TokenLedger& ledger_;
  transport::BlockingThreads& store_;
  const RefreshPolicy& policy_;
  AuthClient& client_;
  transport::EventLoop& loop_;
  const std::string authorization_url_;
};

}  // namespace firstmile::tokens

// Custody of the tokens of the subjects that live on one event loop: one refresh at a time for each, shared
// by everybody who waits.
//
// Belongs to its loop: call it there; its tasks resume there. Before the loop stops, await Close.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/random/random.h"
#include "tokens/access_tokens.h"
#include "tokens/custody_events.h"
#include "tokens/refresher.h"
#include "transport/waiter.h"

namespace firstmile::tokens {

// What the custodians of all loops share; everything in it is thread-safe or constant and outlives them.
struct CustodyContext {
  TokenLedger& ledger;
  transport::BlockingThreads& store;
  CustodyEvents& events;
  const signing::Signer& signer;
  RefreshPolicy policy;
  AuthClientOptions auth;
  std::string authorization_url;  // where sellers log in; empty when the operator named no redirect

  // Access tokens of the configuration, for shops that the store does not know. Nobody renews them.
  absl::flat_hash_map<std::int64_t, secrets::Secret> configured;
};

class Custodian final : public AccessTokens {
 public:
  // All references outlive the custodian.
  Custodian(const CustodyContext& context, transport::EventLoop& loop, transport::HttpTransport& transport);
  ~Custodian() override;

  async::Task<TokenAnswer> Get(std::int64_t shop_id, std::stop_token stop) override;
  async::Task<TokenAnswer> Replace(std::int64_t shop_id, secrets::Secret rejected,
                                   std::stop_token stop) override;

  // Renews the pair now, whatever its age. The answer's token is the new one.
  async::Task<TokenAnswer> RefreshNow(Subject subject, std::stop_token stop);

  // Looks at a record as the store was seen to hold it, without its pair: forgets what this loop remembers of
  // an older one, and renews in the background a pair that is due, unless that has failed a moment ago.
  // Returns at once; true when a refresh has begun.
  bool Notice(const TokenRecord& stored);

  // A person brought a pair. Errors are the store's.
  async::Task<absl::StatusOr<TokenRecord>> Adopt(TokenRecord record);

  // False when there is nothing to forget.
  async::Task<absl::StatusOr<bool>> Forget(Subject subject);

  // Takes no new work and waits for the refreshes that are under way.
  async::Task<void> Close();

  // How many subjects this loop remembers something of, unknown ones of a moment ago too.
  std::size_t remembered() const { return entries_.size(); }

  AuthClient& client() { return client_; }
  transport::EventLoop& loop() { return loop_; }

 private:
  struct Flight;
  struct Entry;

  async::Task<TokenAnswer> Await(Subject subject, Need need, std::stop_token stop);
  Entry& EntryOf(Subject subject);
  void Tidy();
  void Launch(Subject subject, Entry& entry, Need need);
  async::Task<void> Fly(Subject subject, Need need, std::shared_ptr<Flight> flight);
  void Land(Subject subject, Flight& flight, const Obtained& obtained);
  void Remember(Entry& entry, const Obtained& obtained);
  absl::Duration WaitAfter(const Entry& entry);
  bool IsDue(const TokenRecord& stored, bool in_use) const;
  void TellEnd(Subject subject, const std::optional<TokenRecord>& before, const Obtained& obtained);
  std::optional<Obtained> Configured(Subject subject, const Need& need) const;
  RefreshProgress ProgressOf(Subject subject, const std::shared_ptr<Flight>& flight);
  std::optional<TokenRefusal> StandingRefusal(const Entry& entry) const;

  const CustodyContext& context_;
  transport::EventLoop& loop_;
  AuthClient client_;
  Refresher refresher_;
  // Entries at which those that say nothing any more are dropped; twice what is left, the next time.
  static constexpr std::size_t kTidyAt = 1000;

  absl::flat_hash_map<Subject, std::unique_ptr<Entry>> entries_;
  std::size_t tidy_at_ = kTidyAt;
  absl::BitGen random_;
  std::stop_source closing_;
  int flying_ = 0;
  transport::Waiter* closed_ = nullptr;
};

}  // namespace firstmile::tokens

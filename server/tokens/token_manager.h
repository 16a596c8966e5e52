// Tokens of the subjects of one event loop. Each subject has at most one refresh at a time, which all its
// callers share.
//
// Belongs to its loop: call it there; its tasks resume there. Await Close before the loop stops.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/random/random.h"
#include "tokens/access_tokens.h"
#include "tokens/configured_tokens.h"
#include "tokens/refresher.h"
#include "tokens/token_events.h"
#include "transport/stoppable_event.h"

namespace firstmile::tokens {

// What the TokenManagers of all loops share. Everything in it is thread-safe or constant and outlives them.
struct TokenContext {
  TokenRepository& repository;
  transport::BlockingThreads& store;
  TokenEvents& events;
  const signing::Signer& signer;
  RefreshPolicy policy;
  AuthClientOptions auth;
  std::string authorization_url;  // where sellers log in; empty without auth.redirect_url

  // Access tokens for shops that the store does not know. The sidecar does not renew them.
  ConfiguredTokens& configured;
};

class TokenManager final : public AccessTokens {
 public:
  // All references outlive the TokenManager.
  TokenManager(const TokenContext& context, transport::EventLoop& loop, transport::HttpTransport& transport);
  ~TokenManager() override;

  async::Task<TokenAnswer> Get(Subject subject, std::stop_token stop) override;
  async::Task<TokenAnswer> Replace(Subject subject, secrets::Secret rejected, std::stop_token stop) override;

  // Refreshes the pair now, whatever its age, also one that the store has lost. Returns the new token.
  async::Task<TokenAnswer> RefreshNow(Subject subject, std::stop_token stop);

  // Takes note of a stored record, which comes without its pair: forgets cached state of an older one, and
  // starts a background refresh when the pair is due, unless one has just failed. Returns at once; true when
  // a refresh was started.
  bool ObserveStoredRecord(const TokenRecord& stored);

  // The generation of each record in the store, tombstones included.
  using Listed = absl::flat_hash_map<Subject, std::int64_t>;
  // The records and tombstones in memory that the store, as listed, lacks or has an older version of. Leaves
  // out those that were not seen in the store for so long that the subject may have been forgotten.
  std::vector<TokenRecord> LostBy(const Listed& listed) const;

  // Restores one of these to the store. If that fails, the next scan finds it again.
  async::Task<void> PutBack(TokenRecord lost);

  // Stores a pair from a login or import. Errors are the store's.
  async::Task<absl::StatusOr<TokenRecord>> StoreNewPair(TokenRecord record);

  // Returns false when neither the store nor this loop's memory has anything to forget.
  async::Task<absl::StatusOr<bool>> Forget(Subject subject);

  // Refuses new work and waits for the pending refreshes.
  async::Task<void> Close();

  // How many subjects this loop remembers, including recently unknown ones.
  std::size_t remembered() const { return entries_.size(); }

  AuthClient& client() { return client_; }
  transport::EventLoop& loop() { return loop_; }

 private:
  struct PendingRefresh;
  struct Entry;

  async::Task<TokenAnswer> Await(Subject subject, Need need, std::stop_token stop);
  Entry& EntryOf(Subject subject);
  void DropEmptyEntries();
  void StartRefresh(Subject subject, Entry& entry, Need need);
  async::Task<void> RunRefresh(Subject subject, Need need, std::shared_ptr<PendingRefresh> pending);
  void FinishRefresh(Subject subject, PendingRefresh& pending, const ObtainResult& result);
  void Remember(Entry& entry, const ObtainResult& result);
  void Compare(Entry& entry, const TokenRecord& stored);
  void RememberTombstone(Entry& entry, TokenRecord tombstone);
  const TokenRecord* Restorable(const Entry& entry) const;
  std::int64_t RestorableGeneration(Subject subject) const;
  absl::Duration WaitAfter(const Entry& entry);
  void ReportEnd(Subject subject, const std::optional<TokenRecord>& before, const ObtainResult& result);
  async::Task<std::optional<ObtainResult>> Configured(Subject subject, Need need);
  async::Task<std::optional<secrets::Secret>> ReadTokenFile(std::int64_t shop_id,
                                                            ConfiguredTokens::WhenBusy when_busy);
  async::Task<void> CheckTokenFile(Subject subject, ConfiguredTokens::WhenBusy when_busy);
  bool IsInFile(Subject subject, const Entry& entry) const;
  RefreshProgress ProgressOf(Subject subject, const std::shared_ptr<PendingRefresh>& pending);
  std::optional<TokenRefusal> StandingRefusal(const Entry& entry) const;

  const TokenContext& context_;
  transport::EventLoop& loop_;
  AuthClient client_;
  Refresher refresher_;
  // Entries at which those without content are dropped; next time at twice the number left.
  static constexpr std::size_t kDropEmptyAt = 1000;

  absl::flat_hash_map<Subject, std::unique_ptr<Entry>> entries_;
  std::size_t drop_empty_at_ = kDropEmptyAt;
  absl::BitGen random_;
  std::stop_source closing_;
  int running_refreshes_ = 0;
  transport::StoppableEvent* closed_ = nullptr;
};

}  // namespace firstmile::tokens

// Processes that share a token store; the test controls time and Shopee's answers.
//
// Belongs to the test's thread, unless a member says otherwise.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "support/fault_store.h"
#include "support/held_transport.h"
#include "support/manual_clock.h"
#include "support/run_task.h"
#include "support/scripted_transport.h"
#include "tokens/stores/memory_store.h"
#include "tokens/token_backend.h"
#include "tokens/token_refusals.h"

namespace firstmile::testing {

inline constexpr std::int64_t kShopId = 600000;
inline const tokens::Subject kShop = tokens::Shop(kShopId);

// Thread-safe.
class EventRecorder final : public tokens::TokenEvents {
 public:
  void On(tokens::TokenEvent event, const tokens::TokenRecord&, absl::string_view) override {
    const std::lock_guard lock(mutex_);
    seen_.push_back(event);
  }
  int Count(tokens::TokenEvent event) const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(std::count(seen_.begin(), seen_.end(), event));
  }

 private:
  mutable std::mutex mutex_;
  std::vector<tokens::TokenEvent> seen_;
};

inline std::vector<tokens::EncryptionKey> TestKeys(char digit = 'a') {
  return tokens::ParseEncryptionKeys(secrets::Secret(std::string(64, digit))).value();
}

inline transport::HttpResult Granted(const std::string& access, const std::string& refresh,
                                     const std::string& expire_in = "14400") {
  return Answer(absl::StrCat(R"({"error":"","message":"","request_id":"r","access_token":")", access,
                             R"(","refresh_token":")", refresh, R"(","expire_in":)", expire_in, "}"));
}

// The same with other subjects: `names` is the inside of a JSON object.
inline transport::HttpResult GrantedTo(const std::string& names, const std::string& access = "access-9") {
  return Answer(
      absl::StrCat(R"({"error":"","message":"","request_id":"r","expire_in":14400,"access_token":")", access,
                   R"(","refresh_token":"refresh-9",)", names, "}"));
}

inline transport::HttpResult Refused(const std::string& error = "error_shop_refresh_token",
                                     const std::string& message = "Your refresh token is error.",
                                     int status = 200) {
  return Answer(absl::StrCat(R"({"error":")", error, R"(","message":")", message, R"(","request_id":"r"})"),
                status);
}

class TokenWaiter {
 public:
  explicit TokenWaiter(std::future<tokens::TokenAnswer> answer) : answer_(std::move(answer)) {}
  bool Ready() const { return answer_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
  tokens::TokenAnswer Get() { return answer_.get(); }
  std::future<tokens::TokenAnswer>& future() { return answer_; }

 private:
  std::future<tokens::TokenAnswer> answer_;
};

// Counts and logs one process's failures with the store.
class StoreTroubles {
 public:
  explicit StoreTroubles(FaultStore& store) : store_(store) {}

  void FailReads(absl::Status error) {
    store_.Fail(FaultStore::Call::kRead, std::move(error), kInstead, kMany);
  }
  void FailWrites(absl::Status error) {
    store_.Fail(FaultStore::Call::kWrite, std::move(error), kInstead, kMany);
  }
  void FailLists(absl::Status error) {
    store_.Fail(FaultStore::Call::kList, std::move(error), kInstead, kMany);
  }
  void LoseWriteAnswers(absl::Status error) {
    store_.Fail(FaultStore::Call::kWrite, std::move(error), kAfter, kMany);
  }
  void HoldReads() { store_.Hold(FaultStore::Call::kRead); }
  void HoldWrites() { store_.Hold(FaultStore::Call::kWrite); }
  void AwaitHeldRead() { ASSERT_TRUE(store_.AwaitHeld(FaultStore::Call::kRead)); }
  void AwaitHeldWrite() { ASSERT_TRUE(store_.AwaitHeld(FaultStore::Call::kWrite)); }
  void Heal() { store_.Heal(); }
  std::uint64_t HeldCalls() const { return static_cast<std::uint64_t>(store_.HeldCalls()); }

 private:
  static constexpr auto kInstead = FaultStore::When::kInstead;
  static constexpr auto kAfter = FaultStore::When::kAfter;
  static constexpr int kMany = 1'000'000;
  FaultStore& store_;
};

// Waits until all pending work there waits for time, Shopee or a held store call.
template <typename HeldCalls>
void SettleTokens(transport::EventLoop& loop, const transport::BlockingThreads& store, HeldCalls held) {
  const auto busy = [&] {
    const transport::BlockingThreads::Progress progress = store.progress();
    return progress.posted - progress.ended > held();
  };
  std::uint64_t before = 0;
  do {
    before = store.progress().posted;
    while (busy()) std::this_thread::yield();
    // The first may end during a loop iteration, the second after that iteration's timers and resumptions.
    Settle(loop);
    Settle(loop);
  } while (store.progress().posted != before);
}

// One process: its own owner name, loop, transport and view of the store.
struct TokenProcess {
  TokenProcess(const transport::Clock& clock, tokens::TokenStore& shared, tokens::TokenSettings settings,
               std::vector<tokens::EncryptionKey> keys = TestKeys())
      : loop(clock, "tokens"), transport(loop) {
    auto wrapped = std::make_unique<FaultStore>(&shared);
    store.emplace(*wrapped);
    tokens = std::make_unique<tokens::TokenBackend>(std::move(wrapped), std::move(keys), std::move(settings),
                                                    events, signer);
    token_manager = std::make_unique<tokens::TokenManager>(tokens->context(), loop, transport);
  }
  ~TokenProcess() {
    store->Heal();
    transport.ReplyAlways(Failure(transport::HttpFailure::kNotSent));
    RunOnLoop(loop, Closed());
    loop.Stop();
  }

  async::Task<bool> Closed() {
    co_await token_manager->Close();
    co_return true;
  }

  TokenWaiter Get(std::stop_token stop = {}) {
    return TokenWaiter(StartOnLoop(loop, token_manager->Get(kShop, std::move(stop))));
  }
  TokenWaiter Replace(const std::string& rejected) {
    return TokenWaiter(StartOnLoop(loop, token_manager->Replace(kShop, secrets::Secret(rejected), {})));
  }
  TokenWaiter RefreshNow() { return TokenWaiter(StartOnLoop(loop, token_manager->RefreshNow(kShop, {}))); }

  void Settle() {
    SettleTokens(loop, tokens->context().store, [this] { return store->HeldCalls(); });
  }

  absl::StatusOr<tokens::TokenRecord> StoreNewPair(tokens::TokenRecord record) {
    return RunOnLoop(loop, token_manager->StoreNewPair(std::move(record)));
  }

  signing::Signer signer{2001887, secrets::Secret("key")};
  EventRecorder events;
  std::optional<StoreTroubles> store;
  transport::EventLoop loop;
  HeldTransport transport;
  std::unique_ptr<tokens::TokenBackend> tokens;
  std::unique_ptr<tokens::TokenManager> token_manager;
};

class StoredTokensTest : public ::testing::Test {
 protected:
  static tokens::TokenSettings Settings() {
    tokens::TokenSettings settings;
    settings.auth.base_url = "https://partner.example";
    settings.authorization_url = "https://login.example";
    return settings;
  }

  std::unique_ptr<TokenProcess> Start(tokens::TokenSettings settings = Settings()) {
    return std::make_unique<TokenProcess>(clock_, store_, std::move(settings));
  }

  // A pair as from a login.
  tokens::TokenRecord Pair(absl::Duration access_life = absl::Hours(4), const std::string& name = "1") const {
    tokens::TokenRecord record;
    record.subject = kShop;
    record.pair = {secrets::Secret("access-" + name), secrets::Secret("refresh-" + name)};
    record.obtained = clock_.Now();
    record.access_expires = clock_.Now() + access_life;
    record.refresh_expires = clock_.Now() + absl::Hours(30 * 24);
    record.renewable = true;
    return record;
  }

  // The stored record, read directly from the store.
  std::optional<tokens::TokenRecord> Stored(tokens::Subject subject = kShop) { return Peek(subject).value(); }
  absl::StatusOr<std::optional<tokens::TokenRecord>> Peek(tokens::Subject subject) {
    return repository_.Read(subject);
  }

  // Advances time in small steps until `answer` is ready.
  template <typename Future>
  void AdvanceUntilReady(TokenProcess& process, Future& answer,
                         absl::Duration step = absl::Milliseconds(50)) {
    while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) Advance(process, step);
  }
  // Advances time after pending work has settled, and waits for the work due at the new time.
  void Advance(TokenProcess& process, absl::Duration time) {
    process.Settle();
    clock_.Advance(time);
    process.Settle();
  }

  ManualClock clock_;
  tokens::MemoryStore store_;
  tokens::TokenCipher cipher_{TestKeys()};
  tokens::RecordCodec codec_{cipher_};
  tokens::TokenRepository repository_{store_, codec_, "test"};
};

// The token or reason of an answer, for expectations.
inline std::string TokenOf(const tokens::TokenAnswer& answer) {
  if (answer.refusal.has_value()) return absl::StrCat("refused: ", answer.refusal->reason);
  return std::string(answer.access_token.Reveal());
}

}  // namespace firstmile::testing

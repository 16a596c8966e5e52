// One process with stored tokens in front of the emulator. The test can hold back its requests and their
// answers.
//
// Belongs to the test's thread, unless a member says otherwise.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "emulator/emulator.h"
#include "tokens/token_fixture.h"
#include "transport/curl_transport.h"

namespace firstmile::testing {

// Between the token manager and the network. Call `Send` on the loop, the other functions on the test's
// thread.
class GateTransport final : public transport::HttpTransport {
 public:
  enum class Hold { kNothing, kRequests, kAnswers };

  GateTransport(transport::EventLoop& loop, transport::HttpTransport& inner) : loop_(loop), inner_(inner) {}

  // From the next request on; what is already held stays held until Open.
  void Close(Hold hold) {
    const std::lock_guard lock(mutex_);
    hold_ = hold;
  }
  void Open() {
    Close(Hold::kNothing);
    loop_.Post([this] {
      for (transport::StoppableEvent* waiter : std::exchange(held_, {})) waiter->Set();
    });
  }
  // Waits until `count` requests or answers are held.
  void AwaitHeld(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_count_ >= count; });
  }
  int requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  async::Task<transport::HttpResult> Send(transport::HttpRequest request, std::stop_token stop) override {
    Hold hold = Hold::kNothing;
    {
      const std::lock_guard lock(mutex_);
      ++requests_;
      hold = hold_;
    }
    if (hold == Hold::kRequests) co_await Wait();
    transport::HttpResult result = co_await inner_.Send(std::move(request), std::move(stop));
    if (hold == Hold::kAnswers) co_await Wait();
    co_return result;
  }

 private:
  async::Task<void> Wait() {
    transport::StoppableEvent waiter(loop_, std::stop_token());
    held_.push_back(&waiter);
    {
      const std::lock_guard lock(mutex_);
      ++held_count_;
    }
    changed_.notify_all();
    co_await waiter;
  }

  transport::EventLoop& loop_;
  transport::HttpTransport& inner_;
  std::vector<transport::StoppableEvent*> held_;  // of the loop's thread

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  Hold hold_ = Hold::kNothing;
  int held_count_ = 0;
  int requests_ = 0;
};

class EmulatedProcess {
 public:
  EmulatedProcess(const transport::Clock& clock, tokens::TokenStore& shared, const std::string& upstream)
      : loop_(clock, "tokens"), curl_(loop_, PlainHttp()), gate(loop_, curl_) {
    tokens::TokenSettings settings;
    settings.auth.base_url = upstream;
    tokens_ = std::make_unique<tokens::TokenBackend>(std::make_unique<FaultStore>(&shared), TestKeys(),
                                                     std::move(settings), events, signer_);
    token_manager_ = std::make_unique<tokens::TokenManager>(tokens_->context(), loop_, gate);
  }
  ~EmulatedProcess() {
    gate.Open();
    RunOnLoop(loop_, Closed());
    loop_.Stop();
  }

  TokenWaiter Get(std::int64_t shop_id) {
    return TokenWaiter(StartOnLoop(loop_, token_manager_->Get(tokens::Shop(shop_id), {})));
  }
  TokenWaiter RefreshNow(std::int64_t shop_id, GateTransport::Hold hold) {
    gate.Close(hold);
    return TokenWaiter(StartOnLoop(loop_, token_manager_->RefreshNow(tokens::Shop(shop_id), {})));
  }

  // Waits until all pending work there waits for time or the network.
  void Settle() {
    SettleTokens(loop_, tokens_->context().store, [] { return 0U; });
  }

 private:
  static transport::CurlTransportOptions PlainHttp() {
    transport::CurlTransportOptions options;
    options.allow_plain_http = true;
    return options;
  }
  async::Task<bool> Closed() {
    co_await token_manager_->Close();
    co_return true;
  }

  const signing::Signer signer_{emulator::kDemoPartnerId, secrets::Secret(emulator::kDemoPartnerKey)};
  transport::EventLoop loop_;
  transport::CurlTransport curl_;

 public:
  EventRecorder events;
  GateTransport gate;

 private:
  std::unique_ptr<tokens::TokenBackend> tokens_;
  std::unique_ptr<tokens::TokenManager> token_manager_;
};

// A shop of the emulator with an expired access token, and two processes that share its record.
class EmulatedTokensTest : public StoredTokensTest {
 protected:
  explicit EmulatedTokensTest(std::chrono::seconds spent_refresh_grace = std::chrono::seconds(0))
      : upstream_(UpstreamOptions(clock_, spent_refresh_grace)),
        a_(std::make_unique<EmulatedProcess>(clock_, store_, upstream_.base_url())),
        b_(std::make_unique<EmulatedProcess>(clock_, store_, upstream_.base_url())) {
    tokens::TokenRecord record = Pair(absl::ZeroDuration());
    record.pair.refresh_token = secrets::Secret(State().refresh_token);
    EXPECT_TRUE(repository_.Put(record).ok());
  }

  emulator::TokenState State() { return upstream_.ShopTokens(kShopId); }
  int RefreshesSeen() const {
    int seen = 0;
    for (const emulator::RequestRecord& request : upstream_.Journal()) {
      if (request.path == "/api/v2/auth/access_token/get") ++seen;
    }
    return seen;
  }
  // Advances time until the process sends the next request, and no further; the network takes no simulated
  // time.
  void AdvanceUntilItSends(EmulatedProcess& process) {
    const int before = process.gate.requests();
    process.Settle();
    while (process.gate.requests() == before) {
      clock_.Advance(absl::Milliseconds(100));
      process.Settle();
    }
  }

  emulator::Emulator upstream_;
  std::unique_ptr<EmulatedProcess> a_;
  std::unique_ptr<EmulatedProcess> b_;

 private:
  static emulator::Options UpstreamOptions(const ManualClock& clock, std::chrono::seconds grace) {
    emulator::Options options;
    options.now = [&clock] { return absl::ToUnixSeconds(clock.Now()); };
    options.spent_refresh_grace = grace;
    options.orders_per_shop = 0;
    return options;
  }
};

}  // namespace firstmile::testing

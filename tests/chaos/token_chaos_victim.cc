// A process that requests one shop's token and prints the result, unless it is told to kill or stop itself on
// the way.
//
//   token_chaos_victim STORE UPSTREAM SHOP LEASE_MS POINT SIGNAL SENDS_FILE
//
// STORE is sqlite:PATH or redis:SOCKET. POINT is the number of a protocol point, counted as the process
// passes them: before and after each store write; before a request is sent, while it is in progress, and
// after its answer has arrived. 0: none. SENDS_FILE grows by a byte per request.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>

#include "absl/strings/strip.h"
#include "support/run_task.h"
#include "tokens/stores/redis_store.h"
#include "tokens/stores/sqlite_store.h"
#include "tokens/token_backend.h"
#include "transport/curl_transport.h"
#include "transport/stoppable_event.h"

namespace firstmile::chaos {
namespace {

// From sending a request to the kill, for the point "in progress". The upstream answers later than that.
constexpr std::chrono::milliseconds kUnderWay{15};

class Points {
 public:
  Points(int point, int signal) : point_(point), signal_(signal) {}

  // Returns true when the signal is due; the caller raises it.
  bool Reached() { return ++passed_ == point_; }
  void Raise() const { kill(getpid(), signal_); }
  void Pass() {
    if (Reached()) Raise();
  }

 private:
  std::atomic<int> passed_{0};
  const int point_;
  const int signal_;
};

class MortalStore final : public tokens::TokenStore {
 public:
  MortalStore(std::unique_ptr<tokens::TokenStore> store, Points& points)
      : store_(std::move(store)), points_(points) {}

  absl::StatusOr<std::optional<tokens::StoredRecord>> Read(const std::string& key) override {
    return store_->Read(key);
  }
  absl::StatusOr<tokens::Version> Write(const std::string& key, const std::string& bytes,
                                        tokens::Version expected) override {
    points_.Pass();
    absl::StatusOr<tokens::Version> written = store_->Write(key, bytes, expected);
    points_.Pass();
    return written;
  }
  absl::Status Erase(const std::string& key, tokens::Version expected) override {
    return store_->Erase(key, expected);
  }
  absl::StatusOr<std::vector<std::pair<std::string, tokens::StoredRecord>>> List(const std::string& after,
                                                                                 int limit) override {
    return store_->List(after, limit);
  }

 private:
  const std::unique_ptr<tokens::TokenStore> store_;
  Points& points_;
};

class MortalTransport final : public transport::HttpTransport {
 public:
  MortalTransport(transport::EventLoop& loop, transport::HttpTransport& inner, Points& points, int sends)
      : loop_(loop), inner_(inner), points_(points), sends_(sends) {}

  async::Task<transport::HttpResult> Send(transport::HttpRequest request, std::stop_token stop) override {
    points_.Pass();
    if (write(sends_, ".", 1) != 1) std::abort();
    if (points_.Reached()) {
      loop_.AddTimer(loop_.clock().Monotonic() + kUnderWay, [this] { points_.Raise(); });
    }
    transport::HttpResult result = co_await inner_.Send(std::move(request), std::move(stop));
    if (result.failure == transport::HttpFailure::kTooLateToSend) TakeBack();
    points_.Pass();
    co_return result;
  }

 private:
  // It was not sent.
  void TakeBack() const {
    const off_t sent = lseek(sends_, 0, SEEK_END);
    if (ftruncate(sends_, sent - 1) != 0) std::abort();
  }

  transport::EventLoop& loop_;
  transport::HttpTransport& inner_;
  Points& points_;
  const int sends_;
};

class NoEvents final : public tokens::TokenEvents {
 public:
  void On(tokens::TokenEvent, const tokens::TokenRecord&, absl::string_view) override {}
};

std::unique_ptr<tokens::TokenStore> OpenStore(absl::string_view where) {
  if (absl::ConsumePrefix(&where, "redis:")) {
    redis::Options options;
    options.unix_path = std::string(where);
    auto store = tokens::RedisStore::Open(options);
    if (store.ok()) return *std::move(store);
  } else if (absl::ConsumePrefix(&where, "sqlite:")) {
    auto store = tokens::SqliteStore::Open(std::string(where));
    if (store.ok()) return *std::move(store);
  }
  std::fputs("the store cannot be opened\n", stderr);
  std::exit(2);
}

tokens::TokenSettings Settings(const std::string& upstream, absl::Duration lease) {
  tokens::TokenSettings settings;
  settings.auth.base_url = upstream;
  settings.policy.lease = lease;
  settings.policy.poll = absl::Milliseconds(20);
  settings.policy.second_try_after = absl::Milliseconds(30);
  return settings;
}

async::Task<bool> Close(tokens::TokenManager& token_manager) {
  co_await token_manager.Close();
  co_return true;
}

int Run(char** arguments) {
  const std::int64_t shop = std::atoll(arguments[3]);
  Points points(std::atoi(arguments[5]), std::atoi(arguments[6]));
  const int sends = open(arguments[7], O_WRONLY | O_CREAT | O_APPEND, 0600);

  const transport::SystemClock clock;
  const signing::Signer signer(
      2001887, secrets::Secret("57615053704d6470644f554a78656d50484143644964436a5568777544524579"));
  NoEvents events;
  transport::EventLoop loop(clock, "victim");
  transport::CurlTransportOptions options;
  options.allow_plain_http = true;
  transport::CurlTransport curl(loop, options);
  MortalTransport transport(loop, curl, points, sends);
  const tokens::TokenBackend tokens(
      std::make_unique<MortalStore>(OpenStore(arguments[1]), points),
      tokens::ParseEncryptionKeys(secrets::Secret(std::string(64, 'a'))).value(),
      Settings(arguments[2], absl::Milliseconds(std::atoi(arguments[4]))), events, signer);
  tokens::TokenManager token_manager(tokens.context(), loop, transport);
  const tokens::TokenAnswer answer = testing::RunOnLoop(loop, token_manager.Get(tokens::Shop(shop), {}));
  if (answer.refusal.has_value()) {
    std::printf("refused %s\n", answer.refusal->reason.c_str());
  } else {
    std::printf("token %s\n", std::string(answer.access_token.Reveal()).c_str());
  }
  testing::RunOnLoop(loop, Close(token_manager));
  loop.Stop();
  return 0;
}

}  // namespace
}  // namespace firstmile::chaos

int main(int count, char** arguments) {
  return count == 8 ? firstmile::chaos::Run(arguments) : 64;
}

// An unresolved name delays neither its own call beyond the deadline nor other calls.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <condition_variable>
#include <cstring>
#include <mutex>

#include "emulator/emulator.h"
#include "support/run_task.h"
#include "transport/curl_transport.h"

namespace firstmile::transport {
namespace {

constexpr char kStalledHost[] = "stalled.test";

// A name server that does not answer until released.
class SilentNameServer {
 public:
  int Ask() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return answers_; });
    --waiting_;
    changed_.notify_all();
    return EAI_AGAIN;
  }
  void AwaitQuestion() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }
  // Returns when no query waits any more.
  void LetGo() {
    std::unique_lock lock(mutex_);
    answers_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return waiting_ == 0; });
    answers_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool answers_ = false;
};

SilentNameServer& TheNameServer() {
  static auto& server = *new SilentNameServer;  // libcurl's threads may end after main
  return server;
}

}  // namespace
}  // namespace firstmile::transport

// Replaces the C library's function, for libcurl too.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  namespace transport = firstmile::transport;
  if (node != nullptr && std::strcmp(node, transport::kStalledHost) == 0) {
    return transport::TheNameServer().Ask();
  }
  static const auto real = reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(node, service, hints, result);
}

namespace firstmile::transport {
namespace {

using ::firstmile::testing::RunOnLoop;
using ::firstmile::testing::StartOnLoop;

class StalledResolverTest : public ::testing::Test {
 protected:
  ~StalledResolverTest() override {
    TheNameServer().LetGo();
    loop_.Stop();
  }
  static CurlTransportOptions Options() {
    CurlTransportOptions options;
    options.allow_plain_http = true;
    return options;
  }
  static HttpRequest Request(const std::string& base, std::chrono::milliseconds timeout) {
    HttpRequest request;
    request.url = secrets::Secret(base + "/api/v2/public/get_shopee_ip_range");
    request.timeout = timeout;
    return request;
  }
  std::future<HttpResult> StartStalled(std::chrono::milliseconds timeout, std::stop_token stop = {}) {
    return StartOnLoop(loop_, transport_.Send(Request(std::string("http://") + kStalledHost, timeout), stop));
  }
  static bool EndsInTime(const std::future<HttpResult>& result) {
    return result.wait_for(kPatience) == std::future_status::ready;
  }

  static constexpr std::chrono::seconds kPatience{20};
  emulator::Emulator emulator_;
  SystemClock clock_;
  EventLoop loop_{clock_, "test"};
  CurlTransport transport_{loop_, Options()};
};

TEST_F(StalledResolverTest, ACallEndsWhenItsTimeIsUp) {
  std::future<HttpResult> stalled = StartStalled(std::chrono::milliseconds(50));
  ASSERT_TRUE(EndsInTime(stalled));
  EXPECT_EQ(stalled.get().failure, HttpFailure::kNotSentInTime);
}

TEST_F(StalledResolverTest, ACallEndsWhenItIsStopped) {
  std::stop_source stop;
  std::future<HttpResult> stalled = StartStalled(std::chrono::minutes(10), stop.get_token());
  TheNameServer().AwaitQuestion();
  stop.request_stop();
  ASSERT_TRUE(EndsInTime(stalled));
  EXPECT_EQ(stalled.get().failure, HttpFailure::kStoppedUnsent);
}

TEST_F(StalledResolverTest, OthersAreAnsweredMeanwhileAndAfterwards) {
  std::stop_source stop;
  std::future<HttpResult> stalled = StartStalled(std::chrono::minutes(10), stop.get_token());
  TheNameServer().AwaitQuestion();
  const auto ask = [this] {
    std::future<HttpResult> other =
        StartOnLoop(loop_, transport_.Send(Request(emulator_.base_url(), std::chrono::seconds(30)), {}));
    return EndsInTime(other) && other.get().failure == HttpFailure::kNone;
  };
  EXPECT_TRUE(ask());
  stop.request_stop();
  EXPECT_TRUE(ask());
  EXPECT_EQ(stalled.get().failure, HttpFailure::kStoppedUnsent);
}

}  // namespace
}  // namespace firstmile::transport

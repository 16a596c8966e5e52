// What the admin port promises: metrics for those who look, nothing for others, and an end that does not
// wait.
#include "ops/admin_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <string>

#include "ops/metrics.h"

namespace firstmile::ops {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using tcp = asio::ip::tcp;

class Visitor {
 public:
  explicit Visitor(const AdminServer& server) : socket_(io_) {
    const std::string& address = server.address();
    const std::size_t colon = address.rfind(':');
    std::string host = address.substr(0, colon);
    if (host.front() == '[') host = host.substr(1, host.size() - 2);
    asio::connect(socket_, tcp::resolver(io_).resolve(host, address.substr(colon + 1)));
  }
  http::response<http::string_body> Ask(http::verb verb, const std::string& target) {
    http::request<http::empty_body> request(verb, target, 11);
    request.set(http::field::host, "admin");
    http::write(socket_, request);
    http::response<http::string_body> response;
    boost::beast::flat_buffer buffer;
    http::read(socket_, buffer, response);
    return response;
  }
  void Say(const std::string& text) { asio::write(socket_, asio::buffer(text)); }
  // True when the other side has closed; waits for it.
  bool IsClosed() {
    char byte = 0;
    boost::system::error_code error;
    asio::read(socket_, asio::buffer(&byte, 1), error);
    return error == asio::error::eof || error == asio::error::connection_reset;
  }

 private:
  asio::io_context io_;
  tcp::socket socket_;
};

class AdminServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = AdminServer::Start("127.0.0.1:0", Pages());
    ASSERT_TRUE(started.ok()) << started.status().message();
    server_ = *std::move(started);
  }

  AdminServer::Pages Pages() {
    return {.metrics = [this] { return metrics_.Text(); }, .ready = [this] { return ready_.load(); }};
  }

  Metrics metrics_;
  std::atomic<bool> ready_ = true;
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, ShowsWhatWasCounted) {
  metrics_.CountTokenTransition("refreshed");
  metrics_.CountTokenTransition("refreshed");
  const auto response = Visitor(*server_).Ask(http::verb::get, "/metrics");
  EXPECT_EQ(response.result(), http::status::ok);
  EXPECT_THAT(response.body(), HasSubstr("firstmile_token_transitions_total{transition=\"refreshed\"} 2"));
  EXPECT_THAT(std::string(response[http::field::content_type]), HasSubstr("version=0.0.4"));
}

TEST_F(AdminServerTest, AnswersMoreThanOnceOnOneConnection) {
  Visitor visitor(*server_);
  EXPECT_EQ(visitor.Ask(http::verb::get, "/metrics").result(), http::status::ok);
  EXPECT_EQ(visitor.Ask(http::verb::get, "/").result(), http::status::not_found);
  EXPECT_EQ(visitor.Ask(http::verb::post, "/metrics").result(), http::status::method_not_allowed);
}

TEST_F(AdminServerTest, IsAliveAlsoWhileItIsNotReady) {
  Visitor visitor(*server_);
  EXPECT_EQ(visitor.Ask(http::verb::get, "/readiness").result(), http::status::ok);
  ready_ = false;
  EXPECT_EQ(visitor.Ask(http::verb::get, "/readiness").result(), http::status::service_unavailable);
  EXPECT_EQ(visitor.Ask(http::verb::get, "/liveness").result(), http::status::ok);
}

TEST_F(AdminServerTest, ServesAnAddressOfIpVersionSix) {
  auto started = AdminServer::Start("[::1]:0", Pages());
  if (!started.ok()) GTEST_SKIP() << started.status().message();
  EXPECT_THAT((*started)->address(), StartsWith("[::1]:"));
  EXPECT_EQ(Visitor(**started).Ask(http::verb::get, "/liveness").result(), http::status::ok);
}

TEST_F(AdminServerTest, ClosesWhatIsNoHttpOrTooLong) {
  Visitor garbage(*server_);
  garbage.Say("\x16\x03\x01 hello\r\n\r\n");
  EXPECT_TRUE(garbage.IsClosed());
  Visitor lengthy(*server_);
  lengthy.Say("GET /metrics HTTP/1.1\r\nX: " + std::string(10'000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(lengthy.IsClosed());
  EXPECT_EQ(Visitor(*server_).Ask(http::verb::get, "/metrics").result(), http::status::ok);
}

TEST_F(AdminServerTest, TakesSixteenConnectionsAndClosesTheNext) {
  std::vector<std::unique_ptr<Visitor>> visitors;
  for (int i = 0; i < AdminServer::kConnectionsMax; ++i) {
    visitors.push_back(std::make_unique<Visitor>(*server_));
    ASSERT_EQ(visitors.back()->Ask(http::verb::get, "/metrics").result(), http::status::ok);
  }
  EXPECT_TRUE(Visitor(*server_).IsClosed());
}

TEST_F(AdminServerTest, EndsAlthoughAVisitorStays) {
  Visitor visitor(*server_);
  visitor.Ask(http::verb::get, "/metrics");
  server_.reset();
  EXPECT_TRUE(visitor.IsClosed());
}

TEST_F(AdminServerTest, APortInUseAndABadAddressAreOneClearLine) {
  const absl::Status in_use = AdminServer::Start(server_->address(), Pages()).status();
  EXPECT_EQ(in_use.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(in_use.message()), HasSubstr("admin.metrics_listen"));
  EXPECT_THAT(std::string(in_use.message()), HasSubstr("Address already in use"));
  for (const char* address :
       {"localhost", "localhost:", "localhost:http", "[::1:9464", "[]:9464", "h:65536"}) {
    const absl::Status bad = AdminServer::Start(address, Pages()).status();
    EXPECT_EQ(bad.code(), absl::StatusCode::kInvalidArgument) << address;
    EXPECT_THAT(std::string(bad.message()), HasSubstr("must be host:port")) << address;
  }
}

TEST_F(AdminServerTest, APortWithoutAHostIsRefusedWithTheChoice) {
  for (const char* address : {"9464", ":9464"}) {
    const absl::Status bad = AdminServer::Start(address, Pages()).status();
    EXPECT_EQ(bad.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(bad.message()), HasSubstr("127.0.0.1:9464 serves this machine alone"));
  }
}

}  // namespace
}  // namespace firstmile::ops

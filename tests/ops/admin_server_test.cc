// What the admin port promises: metrics at their path, nothing at others, and an end that does not
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
#include "support/visitor.h"

namespace firstmile::ops {
namespace {

namespace http = boost::beast::http;
using ::firstmile::testing::Visitor;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class AdminServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = AdminServer::Start("127.0.0.1:0", Pages());
    ASSERT_TRUE(started.ok()) << started.status().message();
    server_ = *std::move(started);
  }

  AdminServer::Pages Pages() {
    return {.metrics = [this] { return metrics_.Text(); },
            .ready = [this] { return ready_ ? absl::OkStatus() : absl::UnavailableError("draining"); }};
  }

  Metrics metrics_;
  std::atomic<bool> ready_ = true;
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, ShowsWhatWasCounted) {
  metrics_.CountTokenEvent("refreshed");
  metrics_.CountTokenEvent("refreshed");
  const auto response = Visitor(server_->address()).Ask(http::verb::get, "/metrics");
  EXPECT_EQ(response.result(), http::status::ok);
  EXPECT_THAT(response.body(), HasSubstr("firstmile_token_events_total{event=\"refreshed\"} 2"));
  EXPECT_THAT(std::string(response[http::field::content_type]), HasSubstr("version=0.0.4"));
}

TEST_F(AdminServerTest, AnswersMoreThanOnceOnOneConnection) {
  Visitor visitor(server_->address());
  EXPECT_EQ(visitor.Ask(http::verb::get, "/metrics").result(), http::status::ok);
  EXPECT_EQ(visitor.Ask(http::verb::get, "/").result(), http::status::not_found);
  EXPECT_EQ(visitor.Ask(http::verb::post, "/metrics").result(), http::status::method_not_allowed);
}

TEST_F(AdminServerTest, IsAliveAlsoWhileItIsNotReady) {
  Visitor visitor(server_->address());
  EXPECT_EQ(visitor.Ask(http::verb::get, "/readiness").result(), http::status::ok);
  ready_ = false;
  const Visitor::Response unready = visitor.Ask(http::verb::get, "/readiness");
  EXPECT_EQ(unready.result(), http::status::service_unavailable);
  EXPECT_EQ(unready.body(), "draining\n");
  EXPECT_EQ(visitor.Ask(http::verb::get, "/liveness").result(), http::status::ok);
}

TEST_F(AdminServerTest, ServesAnAddressOfIpVersionSix) {
  auto started = AdminServer::Start("[::1]:0", Pages());
  if (!started.ok()) GTEST_SKIP() << started.status().message();
  EXPECT_THAT((*started)->address(), StartsWith("[::1]:"));
  EXPECT_EQ(Visitor((*started)->address()).Ask(http::verb::get, "/liveness").result(), http::status::ok);
}

TEST_F(AdminServerTest, ClosesWhatIsNoHttpOrTooLong) {
  Visitor garbage(server_->address());
  garbage.Say("\x16\x03\x01 hello\r\n\r\n");
  EXPECT_TRUE(garbage.IsClosed());
  Visitor lengthy(server_->address());
  lengthy.Say("GET /metrics HTTP/1.1\r\nX: " + std::string(10'000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(lengthy.IsClosed());
  EXPECT_EQ(Visitor(server_->address()).Ask(http::verb::get, "/metrics").result(), http::status::ok);
}

TEST_F(AdminServerTest, ManyWhoAskNothingOrHalfAQuestionKeepNoProbeOut) {
  std::vector<std::unique_ptr<Visitor>> idlers;
  for (std::size_t i = 0; i < 3 * AdminServer::kConnectionsMax; ++i) {
    idlers.push_back(std::make_unique<Visitor>(server_->address()));
    if (i % 2 == 0) idlers.back()->Say("GET /metrics HT");
    if (i % 16 == 0) {
      EXPECT_EQ(Visitor(server_->address()).Ask(http::verb::get, "/liveness").result(), http::status::ok)
          << i;
    }
  }
  EXPECT_TRUE(idlers.front()->IsClosed());
}

TEST_F(AdminServerTest, WhoAskedLastStaysWhenAPlaceIsNeeded) {
  Visitor quiet(server_->address());
  quiet.Ask(http::verb::get, "/liveness");
  Visitor scraper(server_->address());
  std::vector<std::unique_ptr<Visitor>> idlers;
  for (std::size_t i = 0; i < AdminServer::kConnectionsMax; ++i) {
    EXPECT_EQ(scraper.Ask(http::verb::get, "/metrics").result(), http::status::ok);
    idlers.push_back(std::make_unique<Visitor>(server_->address()));
    idlers.back()->Ask(http::verb::get, "/liveness");
  }
  EXPECT_TRUE(quiet.IsClosed());
  EXPECT_EQ(scraper.Ask(http::verb::get, "/metrics").result(), http::status::ok);
}

TEST_F(AdminServerTest, WhoDoesNotTakeAnswersKeepsNoProbeOut) {
  std::vector<std::unique_ptr<Visitor>> deaf;
  std::string questions;
  for (int i = 0; i < 100; ++i) questions += "GET /metrics HTTP/1.1\r\nHost: admin\r\n\r\n";
  for (std::size_t i = 0; i < 2 * AdminServer::kConnectionsMax; ++i) {
    deaf.push_back(std::make_unique<Visitor>(server_->address()));
    deaf.back()->Say(questions);
  }
  EXPECT_EQ(Visitor(server_->address()).Ask(http::verb::get, "/liveness").result(), http::status::ok);
}

TEST_F(AdminServerTest, HalfAQuestionIsClosedInTime) {
  Visitor half(server_->address());
  half.Say("GET /metrics HTTP/1.1\r\nHost: ad");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(half.IsClosed());
  EXPECT_GE(std::chrono::steady_clock::now() - begin, AdminServer::kRequestMax / 2);
}

TEST_F(AdminServerTest, EndsAlthoughAVisitorStays) {
  Visitor visitor(server_->address());
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

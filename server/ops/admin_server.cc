#include "ops/admin_server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <list>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace firstmile::ops {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

// A status instead of an exception, for every operation.
constexpr auto kQuietly = asio::as_tuple(asio::use_awaitable);

constexpr std::chrono::milliseconds kPauseAfterError{100};  // no file descriptor is left, for example
constexpr std::uint32_t kPortMax = 65535;
constexpr std::uint32_t kHeaderBytesMax = 8 * 1024;

// False: there is no such page.
bool Fill(const AdminServer::Pages& pages, boost::beast::string_view target,
          http::response<http::string_body>* response) {
  if (target == "/metrics") {
    response->body() = pages.metrics();
  } else if (target == "/liveness") {
    response->body() = "alive\n";
  } else if (target == "/readiness") {
    const absl::Status ready = pages.ready();
    response->result(ready.ok() ? http::status::ok : http::status::service_unavailable);
    response->body() = absl::StrCat(ready.ok() ? "ready" : std::string(ready.message()), "\n");
  } else {
    return false;
  }
  return true;
}

http::response<http::string_body> Answer(const http::request<http::empty_body>& request,
                                         const AdminServer::Pages& pages) {
  http::response<http::string_body> response(http::status::ok, request.version());
  response.keep_alive(request.keep_alive());
  response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
  if (request.method() != http::verb::get) {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET");
    response.body() = "only GET\n";
  } else if (!Fill(pages, request.target(), &response)) {
    response.result(http::status::not_found);
    response.body() = "there are /metrics, /readiness and /liveness\n";
  }
  response.prepare_payload();
  return response;
}

struct HostAndPort {
  std::string host;
  std::string port;
};

absl::StatusOr<HostAndPort> Parse(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  const std::string port = colon == std::string::npos ? address : address.substr(colon + 1);
  std::uint32_t number = 0;
  if (!absl::SimpleAtoi(port, &number) || number > kPortMax)
    return absl::InvalidArgumentError("must be host:port");
  if (colon == std::string::npos || colon == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "names no host; 127.0.0.1:", port, " serves this machine alone, 0.0.0.0:", port, " every network"));
  }
  absl::string_view host = absl::string_view(address).substr(0, colon);
  if (absl::ConsumePrefix(&host, "[") != absl::ConsumeSuffix(&host, "]") || host.empty()) {
    return absl::InvalidArgumentError("must be host:port");
  }
  return HostAndPort{std::string(host), port};
}

}  // namespace

class AdminServer::Engine {
 public:
  explicit Engine(Pages pages) : pages_(std::move(pages)) {}
  ~Engine() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Listen(const std::string& host, const std::string& port);
  void Run() {
    asio::co_spawn(io_, Accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }
  const std::string& address() const { return address_; }

 private:
  asio::awaitable<void> Accept();
  asio::awaitable<void> Serve(tcp::socket socket);
  void FreeConnectionFor();

  const Pages pages_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  std::list<boost::beast::tcp_stream*> connections_;  // quiet longest first
  std::string address_;
  std::thread thread_;
};

absl::Status AdminServer::Engine::Listen(const std::string& host, const std::string& port) {
  boost::system::error_code error;
  tcp::resolver resolver(io_);
  const auto found = resolver.resolve(host, port, tcp::resolver::passive, error);
  if (error || found.empty()) return absl::UnavailableError(absl::StrCat("no such host: ", error.message()));
  const tcp::endpoint endpoint = *found.begin();
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return absl::UnavailableError(error.message());
  const bool v6 = absl::StrContains(host, ':');
  address_ = absl::StrCat(v6 ? "[" : "", host, v6 ? "]:" : ":", acceptor_.local_endpoint(error).port());
  return absl::OkStatus();
}

asio::awaitable<void> AdminServer::Engine::Accept() {
  for (;;) {
    auto [error, socket] = co_await acceptor_.async_accept(kQuietly);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      asio::steady_timer pause(io_, kPauseAfterError);
      co_await pause.async_wait(kQuietly);
      continue;
    }
    FreeConnectionFor();
    asio::co_spawn(io_, Serve(std::move(socket)), asio::detached);
  }
}

// A stream that is closed ends its coroutine.
void AdminServer::Engine::FreeConnectionFor() {
  if (connections_.size() < kConnectionsMax) return;
  connections_.front()->close();
  connections_.pop_front();
}

asio::awaitable<void> AdminServer::Engine::Serve(tcp::socket socket) {
  boost::beast::tcp_stream stream(std::move(socket));
  boost::beast::flat_buffer buffer(kHeaderBytesMax);
  connections_.push_back(&stream);
  for (bool open = true; open && stream.socket().is_open();) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(kHeaderBytesMax);
    stream.expires_after(kRequestMax);
    const auto [unread, bytes] = co_await http::async_read(stream, buffer, parser, kQuietly);
    if (unread) break;
    connections_.remove(&stream);
    connections_.push_back(&stream);
    http::response<http::string_body> response = Answer(parser.get(), pages_);
    stream.expires_after(kRequestMax);
    const auto [unsent, sent] = co_await http::async_write(stream, response, kQuietly);
    open = !unsent && response.keep_alive();
  }
  connections_.remove(&stream);
}

AdminServer::AdminServer(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

AdminServer::~AdminServer() = default;

const std::string& AdminServer::address() const {
  return engine_->address();
}

absl::Status AdminServer::CheckAddress(const std::string& address) {
  return Parse(address).status();
}

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const std::string& address, Pages pages) {
  const absl::StatusOr<HostAndPort> parsed = Parse(address);
  if (!parsed.ok()) return parsed.status();
  auto engine = std::make_unique<Engine>(std::move(pages));
  if (absl::Status listening = engine->Listen(parsed->host, parsed->port); !listening.ok()) {
    return absl::UnavailableError(absl::StrCat("admin.metrics_listen: cannot listen on ", address, ": ",
                                               absl::string_view(listening.message())));
  }
  engine->Run();
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(engine)));
}

}  // namespace firstmile::ops

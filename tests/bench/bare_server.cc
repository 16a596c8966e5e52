// Baseline for the emulator: a plain Boost.Beast server on one thread that computes every request's signature
// and returns constant bytes. No checks, no state. Usage: bare_server; prints its port.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::string_view kKey = "57615053704d6470644f554a78656d50484143644964436a5568777544524579";
constexpr char kAnswer[] = R"({"request_id":"910a2dec89025cc10cd4af33162e98f8","error":"","message":"",)"
                           R"("response":{"tracking_number":"MY200448706479IT"}})";

std::string_view Parameter(std::string_view query, std::string_view name) {
  const std::size_t begin = query.find(name);
  if (begin == std::string_view::npos) return "";
  const std::string_view rest = query.substr(begin + name.size());
  return rest.substr(0, rest.find('&'));
}

// The signed text of a shop's call.
std::string BaseString(std::string_view target) {
  const std::size_t mark = target.find('?');
  const std::string_view query = mark == std::string_view::npos ? "" : target.substr(mark);
  std::string base(Parameter(query, "partner_id="));
  base += target.substr(0, mark);
  for (const std::string_view name : {"timestamp=", "access_token=", "shop_id="})
    base += Parameter(query, name);
  return base;
}

unsigned Sign(const std::string& base) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), kKey.data(), kKey.size(), reinterpret_cast<const unsigned char*>(base.data()),
       base.size(), digest.data(), &length);
  return digest[0];
}

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(tcp::socket socket) : socket_(std::move(socket)) {}

  void Read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->Answer();
    });
  }

 private:
  void Answer() {
    const std::string_view target(request_.target().data(), request_.target().size());
    signs_ += Sign(BaseString(target));
    response_ = {http::status::ok, 11};
    response_.set(http::field::content_type, "application/json");
    response_.body() = kAnswer;
    response_.prepare_payload();
    http::async_write(socket_, response_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->Read();
    });
  }

  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
  unsigned signs_ = 0;  // keeps the compiler from optimizing the signature away
};

void Accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](error_code error, tcp::socket socket) {
    if (!error) {
      socket.set_option(tcp::no_delay(true), error);
      std::make_shared<Session>(std::move(socket))->Read();
    }
    Accept(acceptor);
  });
}

void Serve() {
  asio::io_context io{1};
  tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
  std::printf("bare_server listens on http://127.0.0.1:%d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  Accept(acceptor);
  io.run();
}

}  // namespace

int main() {
  try {
    Serve();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bare_server: %s\n", failure.what());
    return 1;
  }
}

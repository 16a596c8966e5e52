// Arbitrary bytes on a connection of the emulator: every request that is parsed gets its own answer.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>

#include "emulator/http/session.h"
#include "emulator/http/target.h"
#include "fuzz/fuzz.h"

namespace firstmile::fuzzing {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;
using emulator::http::Request;
using emulator::http::Session;

constexpr std::chrono::seconds kTimeMax{5};

// Answers with the request's own body.
class Echo final : public emulator::http::Exchange {
 public:
  explicit Echo(std::string body) : body_(std::move(body)) {}
  emulator::http::Step Next() override {
    emulator::http::Step step;
    step.answer.body = body_;
    return step;
  }
  void Sent() override {}

 private:
  std::string body_;
};

// A client that sends `bytes` in pieces of at most `piece`, closes its sending side and reads to the end.
class Client {
 public:
  Client(asio::ip::tcp::socket socket, std::string bytes, std::size_t piece)
      : socket_(std::move(socket)), bytes_(std::move(bytes)), piece_(piece) {}

  void Start() {
    Send(0);
    Receive();
  }
  const std::string& received() const { return received_; }
  // With a reset, so that thousands of runs leave no ports in TIME_WAIT.
  void Close() {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
  }

 private:
  void Send(std::size_t at) {
    if (at == bytes_.size()) {
      error_code ignored;
      socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
      return;
    }
    const std::size_t size = std::min(piece_, bytes_.size() - at);
    asio::async_write(socket_, asio::buffer(bytes_.data() + at, size),
                      [this, next = at + size](error_code error, std::size_t) {
                        if (!error) Send(next);
                      });
  }
  void Receive() {
    socket_.async_read_some(asio::buffer(buffer_), [this](error_code error, std::size_t size) {
      received_.append(buffer_.data(), size);
      if (!error) Receive();
    });
  }

  asio::ip::tcp::socket socket_;
  const std::string bytes_;
  const std::size_t piece_;
  std::array<char, 16 * 1024> buffer_;
  std::string received_;
};

// One connection from beginning to end.
struct Conversation {
  std::vector<std::pair<std::string, std::string>> requests;  // verb and body
  std::string received;
};

// An address of this machine. One address's ports would run out, since each stays in use for a minute.
asio::ip::address_v4 NextAddress() {
  static std::uint32_t count = 0;
  return asio::ip::address_v4(asio::ip::address_v4::loopback().to_uint() + count++ % 200);
}

asio::ip::tcp::socket Accept(asio::ip::tcp::acceptor& acceptor, asio::io_context& loop) {
  for (;;) {
    error_code error;
    asio::ip::tcp::socket accepted = acceptor.accept(loop, error);
    if (error != asio::error::interrupted) return accepted;
  }
}

Conversation Converse(std::string bytes, std::size_t piece) {
  Conversation talk;
  asio::io_context loop{1};
  static asio::io_context listening{1};
  static asio::ip::tcp::acceptor acceptor(listening, {asio::ip::make_address("127.0.0.1"), 0});
  asio::ip::tcp::socket near(loop, {NextAddress(), 0});
  near.non_blocking(true);  // libFuzzer's alarm might interrupt a blocking call
  error_code under_way;
  near.connect(acceptor.local_endpoint(), under_way);
  asio::ip::tcp::socket far = Accept(acceptor, loop);
  const emulator::http::Limits limits{.header_bytes = 2048, .body_bytes = 4096, .idle = {}};
  const emulator::http::ExchangeFactory factory = [&talk](Request request) {
    talk.requests.emplace_back(request.verb, request.body);
    return std::make_unique<Echo>(std::move(request.body));
  };
  const emulator::http::DateClock clock = [] { return 1'700'000'000; };
  bool ended = false;
  Client client(std::move(near), std::move(bytes), piece);
  std::make_shared<Session>(std::move(far), limits, factory, clock, [&ended] { ended = true; })->Start();
  client.Start();
  while (!ended && loop.run_one_for(kTimeMax) > 0) {
  }
  Promise(ended, "a connection ends when its client has said all");
  while (loop.poll() > 0) {  // what was sent before the end
  }
  talk.received = client.received();
  client.Close();
  loop.poll();
  return talk;
}

// Removes and returns the next answer of `received`; `head` when its request allows no body.
beast_http::response<beast_http::string_body> NextAnswer(absl::string_view* received, bool head) {
  beast_http::response_parser<beast_http::string_body> parser;
  parser.eager(true);
  parser.skip(head);
  error_code error;
  while (!parser.is_done() && !error && !received->empty()) {
    const std::size_t used = parser.put(asio::buffer(received->data(), received->size()), error);
    received->remove_prefix(used);
    if (used == 0) break;
  }
  Promise(parser.is_done(), "answers are whole and valid HTTP", error.message());
  return parser.release();
}

void CheckAnswers(const Conversation& talk) {
  absl::string_view received = talk.received;
  std::size_t answered = 0;
  bool refused = false;
  while (!received.empty()) {
    Promise(!refused, "nothing follows a refusal");
    const bool more = answered < talk.requests.size();
    const auto answer = NextAnswer(&received, more && talk.requests[answered].first == "HEAD");
    if (answer.result_int() == 100) continue;
    refused = answer.result_int() != 200;
    if (refused) continue;
    Promise(more, "no answer without a request");
    const auto& [verb, body] = talk.requests[answered++];
    Promise(answer.body() == (verb == "HEAD" ? "" : body), "an answer belongs to its request", answer.body());
  }
  Promise(answered == talk.requests.size(), "every request is answered");
}

void CheckTarget(absl::string_view target) {
  Request request;
  emulator::http::ParseTarget({target.data(), target.size()}, request);
  Promise(request.path.size() <= target.size() + 1 && request.raw_query.size() <= target.size(),
          "decoding only shortens");
  for (const auto& [name, value] : request.query) {
    Promise(request.Find(name) != nullptr, "a parameter is found by its name");
  }
}

}  // namespace
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const std::size_t piece = 1 + input.Number();
  const absl::string_view bytes = input.Rest();
  CheckTarget(bytes);
  CheckAnswers(Converse(std::string(bytes), piece));
  return 0;
}

}  // namespace firstmile::fuzzing

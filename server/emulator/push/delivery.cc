#include "emulator/push/delivery.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

#include "emulator/push/limits.h"

namespace emulator::push {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;

}  // namespace

Delivery::Delivery(asio::io_context& io, PushRequest push, std::chrono::milliseconds time_limit,
                   std::function<void(Outcome)> done)
    : url_(ParseCallbackUrl(push.url).value_or(CallbackUrl())),
      time_limit_(time_limit),
      done_(std::move(done)),
      resolver_(io),
      socket_(io),
      timer_(io),
      request_(beast_http::verb::post, url_.target, 11) {
  request_.set(beast_http::field::host, url_.host_field);
  request_.set(beast_http::field::content_type, "application/json");
  request_.set(beast_http::field::authorization, push.authorization);
  request_.set(beast_http::field::user_agent, "shopee-emulator");
  request_.set(beast_http::field::connection, "close");
  request_.body() = std::move(push.body);
  request_.prepare_payload();
  parser_.header_limit(kMaxAnswerHeaderBytes);
  parser_.body_limit(kMaxAnswerBodyBytes);
}

void Delivery::Start() {
  timer_.expires_after(time_limit_);
  timer_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (!cancelled) self->End(Outcome::kNoAnswer);
  });
  Resolve();
}

void Delivery::Resolve() {
  error_code error;
  const auto address = asio::ip::make_address(url_.host, error);
  if (!error) {
    const auto port = static_cast<uint16_t>(std::stoi(url_.port));
    return socket_.async_connect(
        {address, port}, [self = shared_from_this()](error_code failure) { self->OnConnect(failure); });
  }
  resolver_.async_resolve(url_.host, url_.port,
                          [self = shared_from_this()](error_code failure, const auto& endpoints) {
                            if (failure) return self->End(Outcome::kNoAnswer);
                            self->Connect(endpoints);
                          });
}

void Delivery::Connect(const Tcp::resolver::results_type& endpoints) {
  if (!done_) return;
  asio::async_connect(
      socket_, endpoints,
      [self = shared_from_this()](error_code error, const Tcp::endpoint&) { self->OnConnect(error); });
}

void Delivery::OnConnect(error_code error) {
  if (error) return End(Outcome::kNoAnswer);
  if (!done_) return;
  beast_http::async_write(socket_, request_, [self = shared_from_this()](error_code error, std::size_t) {
    self->OnWritten(error);
  });
}

void Delivery::OnWritten(error_code error) {
  if (error) return End(Outcome::kNoAnswer);
  if (!done_) return;
  beast_http::async_read(
      socket_, buffer_, parser_,
      [self = shared_from_this()](error_code error, std::size_t) { self->OnAnswer(error); });
}

void Delivery::OnAnswer(error_code error) {
  const bool too_long = error == beast_http::error::body_limit;
  if (error && !too_long) return End(Outcome::kNoAnswer);
  const int status = static_cast<int>(parser_.get().result_int());
  if (status < 200 || status > 299) return End(Outcome::kBadStatus);
  End(too_long || !parser_.get().body().empty() ? Outcome::kHasBody : Outcome::kAccepted);
}

// Only the first call counts; closing makes pending operations fail.
void Delivery::End(Outcome outcome) {
  if (!done_) return;
  const auto done = std::exchange(done_, nullptr);
  timer_.cancel();
  resolver_.cancel();
  error_code ignored;
  socket_.close(ignored);
  done(outcome);
}

}  // namespace emulator::push

#include "emulator/http/session.h"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>
#include <limits>
#include <utility>

#include "emulator/http/date_header.h"
#include "emulator/http/target.h"

namespace emulator::http {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;

bool Has(const Pairs& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return header.first == name; });
}

void AppendHead(const Answer& answer, std::optional<std::size_t> length, bool close, int64_t now,
                std::string& out) {
  out += "HTTP/1.1 ";
  out += std::to_string(answer.status);
  out += ' ';
  out += beast_http::obsolete_reason(static_cast<beast_http::status>(answer.status));
  out += "\r\nServer: shopee-emulator";
  if (!answer.content_type.empty()) out.append("\r\nContent-Type: ").append(answer.content_type);
  if (!Has(answer.headers, "Date")) out.append("\r\nDate: ").append(DateHeader(now));
  if (length) out.append("\r\nContent-Length: ").append(std::to_string(*length));
  for (const auto& [name, value] : answer.headers) {
    out.append("\r\n").append(name).append(": ").append(value);
  }
  out += close ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n";
}

Answer RefusalFor(const error_code& error) {
  Answer answer;
  answer.status = 400;
  answer.body = R"({"error":"bad_request","message":"The request is not valid HTTP/1.1."})";
  if (error == beast_http::error::header_limit) {
    answer.status = 431;
    answer.body = R"({"error":"bad_request","message":"The request header is too large."})";
  } else if (error == beast_http::error::body_limit) {
    answer.status = 413;
    answer.body = R"({"error":"bad_request","message":"The request body is too large."})";
  }
  return answer;
}

}  // namespace

Session::Session(asio::ip::tcp::socket socket, const Limits& limits, const ExchangeFactory& factory,
                 const DateClock& now, std::function<void()> on_end)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      idle_timer_(socket_.get_executor()),
      limits_(limits),
      factory_(factory),
      now_(now),
      on_end_(std::move(on_end)) {}

Session::~Session() {
  exchange_.reset();
  on_end_();
}

void Session::Start() {
  error_code error;
  const auto peer = socket_.remote_endpoint(error);
  if (error) return;
  peer_address_ = peer.address().to_string();
  peer_is_loopback_ = peer.address().is_loopback();
  socket_.set_option(asio::ip::tcp::no_delay(true), error);
  NewParser();
  idle_since_ = std::chrono::steady_clock::now();
  if (limits_.idle.count() > 0) WatchIdleness(idle_since_ + limits_.idle);
  Read();
}

void Session::NewParser() {
  parser_.emplace();
  parser_->eager(true);
  parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
  parser_->body_limit(limits_.body_bytes);
  continue_sent_ = false;
}

void Session::Read() {
  if (reading_ || client_gone_ || !socket_.is_open() || buffer_.size() >= kReadAheadBytes) return;
  reading_ = true;
  socket_.async_read_some(
      buffer_.prepare(kReadChunkBytes),
      [self = shared_from_this()](error_code error, std::size_t bytes) { self->OnRead(error, bytes); });
}

void Session::OnRead(error_code error, std::size_t bytes) {
  reading_ = false;
  if (error) {
    OnClientGone();
    return;
  }
  buffer_.commit(bytes);
  if (draining_) {
    buffer_.consume(buffer_.size());
  } else {
    HandleBuffered();
  }
  Read();
}

// An answer that is being written is completed, since the client may have closed only its sending side. An
// answer that waits is dropped.
void Session::OnClientGone() {
  client_gone_ = true;
  if (writing_) return;
  Close();
}

void Session::HandleBuffered() {
  while (!Busy() && !draining_ && socket_.is_open()) {
    if (!ParseSome()) return;
    OnRequest();
  }
}

// True once a whole request was parsed.
bool Session::ParseSome() {
  while (!parser_->is_done() && buffer_.size() > 0) {
    error_code error;
    const std::size_t used = parser_->put(buffer_.data(), error);
    buffer_.consume(used);
    if (error == beast_http::error::need_more) break;
    if (error) {
      Refuse(error);
      return false;
    }
    if (used == 0) break;
  }
  if (parser_->is_done()) return true;
  if (parser_->is_header_done() && !continue_sent_ && parser_->get()[beast_http::field::expect] != "") {
    SendContinue();
  }
  return false;
}

void Session::SendContinue() {
  continue_sent_ = true;
  writing_ = true;
  out_ = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](error_code error, std::size_t) {
    self->writing_ = false;
    if (error || self->client_gone_) return self->Close();
    self->HandleBuffered();
    self->Read();
  });
}

void Session::OnRequest() {
  auto message = parser_->release();
  NewParser();
  close_after_write_ = !message.keep_alive();
  head_only_ = message.method() == beast_http::verb::head;
  Request request;
  request.verb = std::string(message.method_string());
  request.content_type = std::string(message[beast_http::field::content_type]);
  request.host = std::string(message[beast_http::field::host]);
  request.origin = std::string(message[beast_http::field::origin]);
  request.referer = std::string(message[beast_http::field::referer]);
  request.sec_fetch_site = std::string(message["Sec-Fetch-Site"]);
  ParseTarget(std::string_view(message.target().data(), message.target().size()), request);
  request.body = std::move(message.body());
  request.peer_address = peer_address_;
  request.peer_is_loopback = peer_is_loopback_;
  exchange_ = factory_(std::move(request));
  Advance();
}

void Session::Advance() {
  const Step step = exchange_->Next();
  switch (step.kind) {
    case Step::Kind::kAnswer:
      return Write(step.answer);
    case Step::Kind::kWait:
      return WaitFor(step.delay);
    case Step::Kind::kStaySilent:
      return;
    case Step::Kind::kClose:
      return Close();
    case Step::Kind::kBegin:
    case Step::Kind::kPart:
      return WritePart(step);
    case Step::Kind::kEnd:
      return EndParts();
  }
}

void Session::WritePart(const Step& step) {
  writing_ = true;
  out_.clear();
  if (step.kind == Step::Kind::kBegin) {
    close_after_write_ = close_after_write_ || !step.answer.promised_bytes;
    AppendHead(step.answer, step.answer.promised_bytes, close_after_write_, now_(), out_);
  } else if (!head_only_) {
    out_ = step.answer.body;
  }
  asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](error_code error, std::size_t) {
    self->OnPartWritten(error);
  });
}

void Session::OnPartWritten(error_code error) {
  writing_ = false;
  if (error || client_gone_ || exchange_ == nullptr) return Close();
  Advance();
}

void Session::EndParts() {
  OnWritten({});
}

void Session::WaitFor(std::chrono::milliseconds delay) {
  timer_.expires_after(delay);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error && self->exchange_ != nullptr) self->Advance();
  });
}

void Session::WatchIdleness(std::chrono::steady_clock::time_point until) {
  idle_timer_.expires_at(until);
  idle_timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->OnMaybeIdle();
  });
}

void Session::OnMaybeIdle() {
  if (!socket_.is_open()) return;
  const auto now = std::chrono::steady_clock::now();
  if (Busy()) return WatchIdleness(now + limits_.idle);
  const auto until = idle_since_ + limits_.idle;
  if (now < until) return WatchIdleness(until);
  Close();
}

void Session::Write(const Answer& answer) {
  writing_ = true;
  const bool headless = answer.head_at_most != std::numeric_limits<std::size_t>::max();
  const bool cut = headless || answer.send_at_most < answer.body.size();
  close_after_write_ = close_after_write_ || cut;
  out_.clear();
  AppendHead(answer, answer.body.size(), close_after_write_ && !cut, now_(), out_);
  if (headless) out_.resize(std::min(out_.size(), answer.head_at_most));
  if (!headless && !head_only_) out_.append(answer.body, 0, answer.send_at_most);
  asio::async_write(socket_, asio::buffer(out_),
                    [self = shared_from_this()](error_code error, std::size_t) { self->OnWritten(error); });
}

void Session::OnWritten(error_code error) {
  writing_ = false;
  if (!error && exchange_ != nullptr) exchange_->Sent();
  exchange_.reset();
  idle_since_ = std::chrono::steady_clock::now();
  if (error || draining_ || close_after_write_) {
    if (!error && draining_) return Drain();
    return Close();
  }
  HandleBuffered();
  if (client_gone_ && !writing_) return Close();
  Read();
}

void Session::Refuse(error_code error) {
  draining_ = true;
  close_after_write_ = true;
  head_only_ = false;
  buffer_.consume(buffer_.size());
  Write(RefusalFor(error));
}

void Session::Drain() {
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  if (client_gone_) return Close();
  timer_.expires_after(kDrainTime);
  timer_.async_wait([self = shared_from_this()](error_code) { self->Close(); });
  Read();
}

void Session::Close() {
  timer_.cancel();
  idle_timer_.cancel();
  exchange_.reset();
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace emulator::http

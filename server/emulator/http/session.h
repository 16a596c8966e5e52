// One client connection: reads requests, gets the answers from an Exchange and writes them; supports
// keep-alive and pipelining. Runs on one event loop. It keeps reading while an answer is pending, to notice
// when the client closes.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "emulator/http/limits.h"
#include "emulator/http/message.h"

namespace emulator::http {

using ExchangeFactory = std::function<std::unique_ptr<Exchange>(Request)>;

// Unix seconds, for the Date header.
using DateClock = std::function<int64_t()>;

class Session : public std::enable_shared_from_this<Session> {
 public:
  // `on_end` runs once, when the session is destroyed.
  Session(boost::asio::ip::tcp::socket socket, const Limits& limits, const ExchangeFactory& factory,
          const DateClock& now, std::function<void()> on_end);
  ~Session();

  void Start();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  bool Busy() const { return exchange_ != nullptr || writing_; }
  void NewParser();
  void Read();
  void OnRead(boost::system::error_code error, std::size_t bytes);
  void OnClientGone();
  void HandleBuffered();
  bool ParseSome();
  void OnRequest();
  void SendContinue();
  void Advance();
  void WaitFor(std::chrono::milliseconds delay);
  void WatchIdleness(std::chrono::steady_clock::time_point until);
  void OnMaybeIdle();
  void Write(const Answer& answer);
  void WritePart(const Step& step);
  void OnPartWritten(boost::system::error_code error);
  void EndParts();
  void OnWritten(boost::system::error_code error);
  void Refuse(boost::system::error_code error);
  void Drain();
  void Close();

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;  // of waits and of draining
  boost::asio::steady_timer
      idle_timer_;  // checks idle_since_ when it fires, so that requests need not restart it
  std::chrono::steady_clock::time_point idle_since_;
  const Limits& limits_;
  const ExchangeFactory& factory_;
  const DateClock& now_;
  std::function<void()> on_end_;
  std::string peer_address_;
  bool peer_is_loopback_ = false;

  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::unique_ptr<Exchange> exchange_;
  std::string out_;
  bool reading_ = false;
  bool writing_ = false;
  bool continue_sent_ = false;
  bool close_after_write_ = false;
  bool head_only_ = false;
  bool client_gone_ = false;
  bool draining_ = false;
};

}  // namespace emulator::http

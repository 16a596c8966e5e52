// One attempt to deliver a push: connects to the callback, posts the message and reads the answer within a
// time limit. Runs on one event loop and keeps itself alive until it is done.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "emulator/push/callback_url.h"
#include "emulator/push/sender.h"

namespace emulator::push {

class Delivery : public std::enable_shared_from_this<Delivery> {
 public:
  Delivery(boost::asio::io_context& io, PushRequest push, std::chrono::milliseconds time_limit,
           std::function<void(Outcome)> done);

  void Start();  // on the loop

 private:
  using Tcp = boost::asio::ip::tcp;
  using Request = boost::beast::http::request<boost::beast::http::string_body>;
  using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

  void Resolve();
  void Connect(const Tcp::resolver::results_type& endpoints);
  void OnConnect(boost::system::error_code error);
  void OnWritten(boost::system::error_code error);
  void OnAnswer(boost::system::error_code error);
  void End(Outcome outcome);

  const CallbackUrl url_;
  const std::chrono::milliseconds time_limit_;
  std::function<void(Outcome)> done_;
  Tcp::resolver resolver_;
  Tcp::socket socket_;
  boost::asio::steady_timer timer_;
  Request request_;
  boost::beast::flat_buffer buffer_;
  Parser parser_;
};

}  // namespace emulator::push

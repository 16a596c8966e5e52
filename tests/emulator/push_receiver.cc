#include "push_receiver.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

namespace emulator_test {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr std::chrono::seconds kLongTime{30};

struct PushReceiver::Sockets {
  asio::io_context io;
  tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
  std::vector<tcp::socket> silent;
};

PushReceiver::PushReceiver() : sockets_(std::make_unique<Sockets>()), thread_([this] { Serve(); }) {}

PushReceiver::~PushReceiver() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  boost::system::error_code ignored;
  tcp::socket waker(sockets_->io);
  waker.connect(sockets_->acceptor.local_endpoint(), ignored);  // ends the waiting accept
  thread_.join();
}

uint16_t PushReceiver::port() const {
  return sockets_->acceptor.local_endpoint().port();
}

std::string PushReceiver::url(const std::string& target) const {
  return "http://127.0.0.1:" + std::to_string(port()) + target;
}

void PushReceiver::AnswerWith(PushAnswer answer) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(answer);
}

std::vector<ReceivedPush> PushReceiver::WaitFor(std::size_t count) {
  std::unique_lock lock(mutex_);
  const bool enough = came_.wait_for(lock, kLongTime, [&] { return received_.size() >= count; });
  EXPECT_TRUE(enough) << "only " << received_.size() << " of " << count << " pushes arrived";
  return received_;
}

std::size_t PushReceiver::count() const {
  const std::lock_guard lock(mutex_);
  return received_.size();
}

void PushReceiver::Serve() {
  while (true) {
    tcp::socket socket(sockets_->io);
    boost::system::error_code error;
    sockets_->acceptor.accept(socket, error);
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    if (error) continue;
    boost::beast::flat_buffer buffer;
    Request request;
    http::read(socket, buffer, request, error);
    if (error) continue;
    const PushAnswer answer = Record(request);  // before the answer, after which a test may read the record
    if (answer.silent) {
      sockets_->silent.push_back(std::move(socket));
      continue;
    }
    const std::string reply = "HTTP/1.1 " + std::to_string(answer.status) +
                              " Said\r\nContent-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n" +
                              answer.body;
    asio::write(socket, asio::buffer(reply), error);
  }
}

PushAnswer PushReceiver::Record(const Request& request) {
  const std::lock_guard lock(mutex_);
  received_.push_back({std::string(request.method_string()), std::string(request.target()),
                       std::string(request[http::field::host]),
                       std::string(request[http::field::content_type]),
                       std::string(request[http::field::authorization]), request.body()});
  came_.notify_all();
  return answer_;
}

}  // namespace emulator_test

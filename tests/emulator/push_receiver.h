// A real HTTP server for pushes: records the requests and answers as configured. Thread safe.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace emulator_test {

struct ReceivedPush {
  std::string verb;
  std::string target;
  std::string host;
  std::string content_type;
  std::string authorization;
  std::string body;
};

struct PushAnswer {
  int status = 200;
  std::string body = {};
  bool silent = false;  // keeps the connection open without an answer
};

class PushReceiver {
 public:
  PushReceiver();
  ~PushReceiver();

  uint16_t port() const;
  std::string url(const std::string& target = "/shopee/push") const;

  void AnswerWith(PushAnswer answer);  // from now on
  // All pushes received so far, once there are `count`; fails the test after a timeout.
  std::vector<ReceivedPush> WaitFor(std::size_t count);
  std::size_t count() const;

 private:
  struct Sockets;
  using Request = boost::beast::http::request<boost::beast::http::string_body>;

  void Serve();
  PushAnswer Record(const Request& request);

  std::unique_ptr<Sockets> sockets_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  PushAnswer answer_;
  std::vector<ReceivedPush> received_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace emulator_test

// Listens, distributes connections over event loops (one thread each) and counts them.
// Thread safety: all members may be called from any thread, except that Stop() must not run on a loop.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "emulator/http/limits.h"
#include "emulator/http/session.h"

namespace emulator::http {

class Server {
 public:
  // Throws std::runtime_error with an explanation if it cannot listen. Serves after Start().
  Server(const std::string& host, uint16_t port, int threads, Limits limits, ExchangeFactory factory,
         DateClock now);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void Start();
  void Stop();
  boost::asio::io_context& loop() { return loops_.front()->io; }  // until Stop()
  uint16_t port() const { return port_; }
  int64_t connections() const { return connections_.load(); }
  uint64_t accepted() const { return accepted_.load(); }

 private:
  struct Loop {
    boost::asio::io_context io{1};
    std::thread thread;
  };

  void Listen(const std::string& host, uint16_t port);
  void Accept();
  void OnAccepted(boost::system::error_code error, boost::asio::ip::tcp::socket socket);

  const Limits limits_;
  const ExchangeFactory factory_;
  const DateClock now_;
  std::atomic<int64_t> connections_{0};
  std::atomic<uint64_t> accepted_{0};
  uint16_t port_ = 0;
  std::size_t next_loop_ = 0;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::unique_ptr<boost::asio::ip::tcp::acceptor> acceptor_;
  std::unique_ptr<boost::asio::steady_timer> accept_pause_;
};

}  // namespace emulator::http

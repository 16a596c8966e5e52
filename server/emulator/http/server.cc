#include "emulator/http/server.h"

#include <boost/asio/post.hpp>
#include <stdexcept>
#include <utility>

namespace emulator::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Server::Server(const std::string& host, uint16_t port, int threads, Limits limits, ExchangeFactory factory,
               DateClock now)
    : limits_(limits), factory_(std::move(factory)), now_(std::move(now)) {
  for (int i = 0; i < (threads < 1 ? 1 : threads); ++i) loops_.push_back(std::make_unique<Loop>());
  Listen(host, port);
}

Server::~Server() {
  Stop();
}

void Server::Listen(const std::string& host, uint16_t port) {
  const std::string endpoint = host + ":" + std::to_string(port);
  error_code error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error) throw std::runtime_error("cannot listen on " + endpoint + ": the host must be an IP address");
  accept_pause_ = std::make_unique<asio::steady_timer>(loops_[0]->io);
  try {
    acceptor_ =
        std::make_unique<tcp::acceptor>(loops_[0]->io, tcp::endpoint(address, port));  // reuses the address
    port_ = acceptor_->local_endpoint().port();
  } catch (const boost::system::system_error& failure) {
    const bool in_use = failure.code() == asio::error::address_in_use;
    throw std::runtime_error("cannot listen on " + endpoint + ": " +
                             (in_use ? "the port is in use" : failure.code().message()));
  }
}

void Server::Start() {
  Accept();
  for (auto& loop : loops_) {
    loop->thread = std::thread([&io = loop->io] {
      const auto stay = asio::make_work_guard(io);
      io.run();
    });
  }
}

void Server::Stop() {
  for (auto& loop : loops_) loop->io.stop();
  for (auto& loop : loops_) {
    if (loop->thread.joinable()) loop->thread.join();
  }
  accept_pause_.reset();
  acceptor_.reset();
  loops_.clear();  // destroyed in order: the first loop may hold a socket of a later one
}

void Server::Accept() {
  next_loop_ = (next_loop_ + 1) % loops_.size();
  acceptor_->async_accept(loops_[next_loop_]->io, [this](error_code error, tcp::socket socket) {
    OnAccepted(error, std::move(socket));
  });
}

void Server::OnAccepted(error_code error, tcp::socket socket) {
  if (error) {
    accept_pause_->expires_after(kAcceptPause);
    accept_pause_->async_wait([this](error_code cancelled) {
      if (!cancelled) Accept();
    });
    return;
  }
  ++accepted_;
  if (connections_.load() < limits_.connections) {
    ++connections_;
    auto executor = socket.get_executor();
    auto session =
        std::make_shared<Session>(std::move(socket), limits_, factory_, now_, [this] { --connections_; });
    asio::post(executor, [session] { session->Start(); });
  }
  Accept();
}

}  // namespace emulator::http

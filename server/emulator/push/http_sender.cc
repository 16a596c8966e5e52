#include "emulator/push/http_sender.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "emulator/push/delivery.h"
#include "emulator/push/limits.h"

namespace emulator::push {

namespace asio = boost::asio;

HttpSender::HttpSender(asio::io_context& io, Outbox& outbox, std::chrono::milliseconds time_limit,
                       std::function<void()> catch_up)
    : outbox_(outbox), time_limit_(time_limit), catch_up_(std::move(catch_up)), io_(&io) {
  outbox_.SetSender(this);
}

HttpSender::~HttpSender() {
  Stop();
}

void HttpSender::Stop() {
  outbox_.SetSender(nullptr);
  const MutexLock lock(&mutex_);
  io_ = nullptr;
}

void HttpSender::Post(std::function<void(asio::io_context&)> work) {
  const MutexLock lock(&mutex_);
  if (io_ == nullptr) return;
  asio::post(*io_, [&io = *io_, work = std::move(work)] { work(io); });
}

void HttpSender::Wake() {
  if (send_posted_.exchange(true)) return;
  Post([this](asio::io_context& io) {
    send_posted_ = false;
    SendDue(io);
    KeepTicking(io);
  });
}

void HttpSender::Send(PushRequest request, std::function<void(Outcome)> done) {
  Post([this, request = std::move(request), done = std::move(done)](asio::io_context& io) {
    std::make_shared<Delivery>(io, request, time_limit_, done)->Start();
  });
}

void HttpSender::SendDue(asio::io_context& io) {
  while (auto request = outbox_.TakeDue()) {
    const uint64_t id = request->id;
    const auto done = [this, id, &io](Outcome outcome) {
      outbox_.Finish(id, outcome);
      SendDue(io);
    };
    std::make_shared<Delivery>(io, std::move(*request), time_limit_, done)->Start();
  }
}

// Only while pushes are enabled: an emulator without a callback stays idle between requests.
void HttpSender::KeepTicking(asio::io_context& io) {
  if (ticking_ || !outbox_.enabled()) return;
  ticking_ = true;
  auto timer = std::make_shared<asio::steady_timer>(io, kTick);
  timer->async_wait([this, &io, timer](boost::system::error_code cancelled) {
    if (cancelled) return;
    ticking_ = false;
    catch_up_();
    SendDue(io);
    KeepTicking(io);
  });
}

}  // namespace emulator::push

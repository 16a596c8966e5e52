#include "emulator/push/courier.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "emulator/push/delivery.h"
#include "emulator/push/limits.h"

namespace emulator::push {

namespace asio = boost::asio;

Courier::Courier(asio::io_context& io, Outbox& outbox, std::chrono::milliseconds time_limit,
                 std::function<void()> catch_up)
    : outbox_(outbox), time_limit_(time_limit), catch_up_(std::move(catch_up)), io_(&io) {
  outbox_.Attach(this);
}

Courier::~Courier() {
  Stop();
}

void Courier::Stop() {
  outbox_.Attach(nullptr);
  const MutexLock lock(&mutex_);
  io_ = nullptr;
}

void Courier::Post(std::function<void(asio::io_context&)> work) {
  const MutexLock lock(&mutex_);
  if (io_ == nullptr) return;
  asio::post(*io_, [&io = *io_, work = std::move(work)] { work(io); });
}

void Courier::Wake() {
  if (awake_.exchange(true)) return;
  Post([this](asio::io_context& io) {
    awake_ = false;
    SendDue(io);
    KeepTicking(io);
  });
}

void Courier::Carry(Parcel parcel, std::function<void(Outcome)> done) {
  Post([this, parcel = std::move(parcel), done = std::move(done)](asio::io_context& io) {
    std::make_shared<Delivery>(io, parcel, time_limit_, done)->Start();
  });
}

void Courier::SendDue(asio::io_context& io) {
  while (auto parcel = outbox_.TakeDue()) {
    const uint64_t id = parcel->id;
    const auto done = [this, id, &io](Outcome outcome) {
      outbox_.Finish(id, outcome);
      SendDue(io);
    };
    std::make_shared<Delivery>(io, std::move(*parcel), time_limit_, done)->Start();
  }
}

// Only while somebody listens: an emulator without a callback sleeps until it is called.
void Courier::KeepTicking(asio::io_context& io) {
  if (ticking_ || !outbox_.listening()) return;
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

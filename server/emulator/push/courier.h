// Brings the pushes of an outbox to the callback, on an event loop of the emulator, and looks regularly
// whether the passing of time has made more. Thread safe; the loop outlives it or Stop() comes first.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "emulator/mutex.h"
#include "emulator/push/carrier.h"
#include "emulator/push/outbox.h"

namespace emulator::push {

class Courier : public Carrier {
 public:
  // `catch_up` lets happen in the world what is due; `time_limit` is for one attempt.
  Courier(boost::asio::io_context& io, Outbox& outbox, std::chrono::milliseconds time_limit,
          std::function<void()> catch_up);
  ~Courier() override;
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  void Wake() override;
  void Carry(Parcel parcel, std::function<void(Outcome)> done) override;
  // Nothing new is sent any more; what the loop still holds for it may run or be destroyed afterwards.
  void Stop();

 private:
  void Post(std::function<void(boost::asio::io_context&)> work);
  void SendDue(boost::asio::io_context& io);
  void KeepTicking(boost::asio::io_context& io);

  Outbox& outbox_;
  const std::chrono::milliseconds time_limit_;
  const std::function<void()> catch_up_;
  std::atomic<bool> awake_{false};  // a look at the outbox is posted already
  bool ticking_ = false;            // of the loop's thread
  Mutex mutex_;
  boost::asio::io_context* io_ ABSL_GUARDED_BY(mutex_);  // null: stopped
};

}  // namespace emulator::push

// Sends the pushes of an outbox to the callback, on an event loop of the emulator, and regularly runs events
// that became due. Thread safe. The loop must outlive it, or Stop() must be called first.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "emulator/mutex.h"
#include "emulator/push/outbox.h"
#include "emulator/push/sender.h"

namespace emulator::push {

class HttpSender : public Sender {
 public:
  // `catch_up` runs the world's due events; `time_limit` is per attempt.
  HttpSender(boost::asio::io_context& io, Outbox& outbox, std::chrono::milliseconds time_limit,
             std::function<void()> catch_up);
  ~HttpSender() override;
  HttpSender(const HttpSender&) = delete;
  HttpSender& operator=(const HttpSender&) = delete;

  void Wake() override;
  void Send(PushRequest request, std::function<void(Outcome)> done) override;
  // Sends nothing new from now on. Work that is posted already may still run or be destroyed.
  void Stop();

 private:
  void Post(std::function<void(boost::asio::io_context&)> work);
  void SendDue(boost::asio::io_context& io);
  void KeepTicking(boost::asio::io_context& io);

  Outbox& outbox_;
  const std::chrono::milliseconds time_limit_;
  const std::function<void()> catch_up_;
  std::atomic<bool> send_posted_{false};  // a call of SendDue() is posted already
  bool ticking_ = false;                  // used on the loop's thread only
  Mutex mutex_;
  boost::asio::io_context* io_ ABSL_GUARDED_BY(mutex_);  // null after Stop()
};

}  // namespace emulator::push

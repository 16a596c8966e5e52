// The pushes of the app: what is wanted, what waits for its next attempt, what is lost, how it goes. Thread
// safe. It is no part of the world: a restored snapshot leaves it as it is.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/emulator.h"
#include "emulator/mutex.h"
#include "emulator/push/carrier.h"
#include "emulator/push/config.h"
#include "emulator/push/health.h"
#include "emulator/push/lost_list.h"
#include "emulator/push/message.h"

namespace emulator::push {

struct Subscription {
  Config config;
  Status status = Status::kNormal;
  int64_t suspended_at = 0;  // 0: it is not
};

// A test push under way.
using Verification = std::atomic<Outcome>;

class Outbox {
 public:
  // `callback_url` is set from the start, with every code on; "": nothing is.
  Outbox(std::string partner_key, std::string callback_url, std::function<int64_t()> now);

  void Attach(Carrier* carrier);  // null: nobody carries

  Subscription subscription() const;
  void Change(const ConfigChange& change);
  // Null when kMostVerifications are under way.
  std::shared_ptr<const Verification> Verify(const std::string& url);

  // Spares the making of a message that nobody wants.
  bool Wants(int code, int64_t shop_id) const;
  void Add(Message message);        // unless it is not wanted
  bool AddByHand(Message message);  // wanted or not; false: there is no callback

  // For the carrier.
  bool listening() const { return listening_; }  // there is a callback, and it is not suspended
  std::optional<Parcel> TakeDue();
  void Finish(uint64_t id, Outcome outcome);
  void ClockMoved();

  LostPage ReadLost();
  bool ConfirmLost(int64_t last_message_id);

  std::vector<PushRecord> Records() const;  // oldest first
  // False when something was still due or under way after that time.
  bool WaitUntilIdle(std::chrono::milliseconds at_most) const ABSL_NO_THREAD_SAFETY_ANALYSIS;
  uint64_t version() const { return version_; }
  void Reset();

 private:
  struct Waiting {
    Message message;
    int attempts = 0;
  };

  Config FirstConfig() const;
  Parcel Seal(uint64_t id, const std::string& url, const std::string& body) const;
  void Enqueue(Message message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Fail(uint64_t id, Waiting waiting) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropWaiting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void UpdateListening() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Idle() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  PushRecord* RecordOf(uint64_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Mark(uint64_t id, PushRecord::State state, int64_t next_attempt_at = 0)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wake();

  const std::string partner_key_;
  const std::string first_url_;
  const std::function<int64_t()> now_;
  std::atomic<bool> listening_{false};
  std::atomic<int> verifying_{0};
  std::atomic<uint64_t> version_{0};  // grows with every change
  std::atomic<Carrier*> carrier_{nullptr};
  mutable Mutex mutex_;
  mutable std::condition_variable_any fewer_in_flight_;
  Config config_ ABSL_GUARDED_BY(mutex_);
  Health health_ ABSL_GUARDED_BY(mutex_);
  LostList lost_ ABSL_GUARDED_BY(mutex_);
  uint64_t added_ ABSL_GUARDED_BY(mutex_) = 0;                                       // the newest id
  std::map<std::pair<int64_t, uint64_t>, Waiting> waiting_ ABSL_GUARDED_BY(mutex_);  // by time, then id
  std::map<uint64_t, Waiting> in_flight_ ABSL_GUARDED_BY(mutex_);
  std::deque<PushRecord> records_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace emulator::push

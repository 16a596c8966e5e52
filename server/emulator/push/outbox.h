// The pushes of the app: configuration, waiting and lost messages, success rate. Thread safe. Not part of the
// world: restoring a snapshot does not change it.
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
#include "emulator/push/config.h"
#include "emulator/push/health.h"
#include "emulator/push/lost_list.h"
#include "emulator/push/message.h"
#include "emulator/push/sender.h"

namespace emulator::push {

struct Subscription {
  Config config;
  Status status = Status::kNormal;
  int64_t suspended_at = 0;  // 0: not suspended
};

// The outcome of a test push; kPending until it is known.
using Verification = std::atomic<Outcome>;

class Outbox {
 public:
  // A `callback_url` other than "" is set from the start, with every code on.
  Outbox(std::string partner_key, std::string callback_url, std::function<int64_t()> now);

  void SetSender(Sender* sender);  // null: nothing is sent

  Subscription subscription() const;
  void Change(const ConfigChange& change);
  // Sends a test push. Null if kMaxVerifications are pending or there is no sender.
  std::shared_ptr<const Verification> Verify(const std::string& url);

  // Whether a message with this code and shop would be sent.
  bool Wants(int code, int64_t shop_id) const;
  void Add(Message message);        // dropped unless Wants()
  bool AddByHand(Message message);  // sent regardless of Wants(); false if no callback is set

  void LoseByHand(Message message);  // adds it to the lost pushes, unsent

  // For the sender.
  bool enabled() const { return enabled_; }  // a callback is set and pushes are not suspended
  std::optional<PushRequest> TakeDue();
  void Finish(uint64_t id, Outcome outcome);
  void ClockMoved();

  LostPage ReadLost();
  bool ConfirmLost(int64_t last_message_id);

  std::vector<PushRecord> Records() const;  // oldest first
  // False if a push was still due or in flight after `at_most`.
  bool WaitUntilIdle(std::chrono::milliseconds at_most) const ABSL_NO_THREAD_SAFETY_ANALYSIS;
  uint64_t version() const { return version_; }
  void Reset();

 private:
  struct Waiting {
    Message message;
    int attempts = 0;
  };

  Config InitialConfig() const;
  PushRequest SignedRequest(uint64_t id, const std::string& url, const std::string& body) const;
  void Enqueue(Message message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Fail(uint64_t id, Waiting waiting) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropWaiting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void UpdateEnabled() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Idle() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  PushRecord* RecordOf(uint64_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SetState(uint64_t id, PushRecord::State state, int64_t next_attempt_at = 0)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wake();

  const std::string partner_key_;
  const std::string initial_url_;
  const std::function<int64_t()> now_;
  std::atomic<bool> enabled_{false};
  std::atomic<int> verifying_{0};
  std::atomic<uint64_t> version_{0};  // grows with every change
  std::atomic<Sender*> sender_{nullptr};
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

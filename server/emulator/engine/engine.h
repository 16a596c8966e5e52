// The state that all connections share: world, gateway settings, faults, request log, pushes. Thread safe.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emulator/auth/authorization.h"
#include "emulator/emulator.h"
#include "emulator/engine/fault_list.h"
#include "emulator/engine/request_log.h"
#include "emulator/gateway/gateway.h"
#include "emulator/gateway/rate_limiter.h"
#include "emulator/http/message.h"
#include "emulator/mutex.h"
#include "emulator/push/announcer.h"
#include "emulator/push/outbox.h"
#include "emulator/time/virtual_clock.h"
#include "emulator/world/world.h"

namespace emulator::engine {

inline constexpr std::size_t kMaxSnapshots = 16;

class Engine {
 public:
  explicit Engine(Options options);

  // Runs the call against the world. A reply that is not ready has `poll`: see api::Reply.
  api::Reply Perform(const http::Request& request);
  http::Answer Conclude(const api::Reply& reply, uint64_t sequence);
  // The envelope of a scripted error, as if Shopee had refused the call.
  http::Answer Refuse(const Fault& fault, uint64_t sequence);
  void Reset();
  void WithWorld(const std::function<void(World&)>& edit);

  // Copies of the world in memory, without clock, faults, journal and pushes.
  bool TakeSnapshot(const std::string& name);  // false if kMaxSnapshots of other names exist
  bool RestoreSnapshot(const std::string& name);
  void ForgetSnapshots();
  std::vector<std::string> SnapshotNames() const;

  // Changes whenever something changes that the control API shows, except the time.
  uint64_t version() const {
    return touched_ + faults_.version() + request_log_.version() + pushes_.version();
  }
  void Touch() { ++touched_; }
  std::atomic<int>& event_streams() { return event_streams_; }

  TokenState Tokens(auth::Subject subject);
  std::string Authorize(const auth::Account& account, int days);
  std::string Resend(const auth::Account& account);

  int64_t Now() const { return clock_.Now(); }
  const time::VirtualClock& clock() const { return clock_; }
  void AdvanceClock(int64_t seconds);  // and runs the events due by then
  void CatchUp() {
    WithWorld([](World&) {});
  }
  push::Outbox& pushes() { return pushes_; }
  const Options& options() const { return options_; }
  FaultList& faults() { return faults_; }
  RequestLog& request_log() { return request_log_; }
  gateway::RateLimiter& rate_limiter() { return rate_limiter_; }
  std::chrono::milliseconds latency() const { return std::chrono::milliseconds(latency_ms_.load()); }
  void SetLatency(std::chrono::milliseconds latency) { latency_ms_ = latency.count(); }
  bool never_answer() const { return never_answer_.load(); }
  void SetNeverAnswer(bool never_answer) { never_answer_ = never_answer; }

 private:
  std::unique_ptr<World> NewWorld() const;
  int64_t CallerNow(const http::Request& request) const;
  std::string NewRequestId();

  const Options options_;
  time::VirtualClock clock_;
  const gateway::Settings settings_;
  gateway::RateLimiter rate_limiter_;
  FaultList faults_;
  RequestLog request_log_;
  push::Outbox pushes_;
  push::Announcer announcer_;
  std::atomic<int64_t> latency_ms_;
  std::atomic<bool> never_answer_;
  std::atomic<uint64_t> request_ids_{0};
  std::atomic<uint64_t> touched_{1};
  std::atomic<int> event_streams_{0};
  mutable Mutex mutex_;
  std::map<std::string, std::unique_ptr<const World>> snapshots_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<World> world_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace emulator::engine

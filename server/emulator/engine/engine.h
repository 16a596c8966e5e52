// What all connections share: the world, the gateway settings, faults, ledger. Thread safe.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "emulator/control/fault_book.h"
#include "emulator/control/ledger.h"
#include "emulator/emulator.h"
#include "emulator/gateway/gateway.h"
#include "emulator/http/message.h"
#include "emulator/world/world.h"

namespace emulator::engine {

class Engine {
 public:
  explicit Engine(Options options);

  // Runs the call against the world now.
  http::Answer Perform(const http::Request& request, uint64_t sequence);
  void Reset();
  void WithWorld(const std::function<void(World&)>& edit);

  int64_t Now() const { return options_.now(); }
  const Options& options() const { return options_; }
  control::FaultBook& faults() { return faults_; }
  control::Ledger& ledger() { return ledger_; }
  std::chrono::milliseconds latency() const { return std::chrono::milliseconds(latency_ms_.load()); }
  void SetLatency(std::chrono::milliseconds latency) { latency_ms_ = latency.count(); }
  bool never_answer() const { return never_answer_.load(); }
  void SetNeverAnswer(bool never_answer) { never_answer_ = never_answer; }

 private:
  std::unique_ptr<World> NewWorld() const;
  api::Reply Decide(const http::Request& request);
  std::string NewRequestId();

  const Options options_;
  const gateway::Settings settings_;
  control::FaultBook faults_;
  control::Ledger ledger_;
  std::atomic<int64_t> latency_ms_;
  std::atomic<bool> never_answer_;
  std::atomic<uint64_t> request_ids_{0};
  absl::Mutex mutex_;
  std::unique_ptr<World> world_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace emulator::engine

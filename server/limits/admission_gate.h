// Admission control: refuses new calls when too many are in progress or take too much memory.
//
// Thread-safe; called on gRPC's threads.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "limits/limits_options.h"
#include "limits/refusal.h"

namespace firstmile::limits {

// The memory counted for each call in addition to its request. Measured: 8,000 waiting calls took 24 KiB
// each, including gRPC's part, which has its own quota.
inline constexpr std::int64_t kBytesPerCall = 16 << 10;

// The share of all calls that one caller may have in progress.
enum class Share {
  kOfOneCaller,  // calls_max_per_caller
  kWhole,        // calls_max: callers that cannot be told apart
};

class AdmissionGate {
 public:
  // Counts an admitted call until destroyed, on any thread, before its gate.
  struct Release {
    std::size_t caller;
    std::int64_t bytes;
    void operator()(AdmissionGate* gate) const { gate->Return(caller, bytes); }
  };
  using Admitted = std::unique_ptr<AdmissionGate, Release>;

  struct Entry {
    std::optional<Refusal> refusal;  // SIDECAR_OVERLOADED; empty: the call is admitted
    Admitted call;
  };

  explicit AdmissionGate(const AdmissionOptions& options) : options_(options) {}

  // `request_bytes`: the request's size as a message in memory.
  Entry TryEnter(absl::string_view caller, std::size_t request_bytes, Share share = Share::kOfOneCaller);

  std::int64_t calls() const { return calls_.load(std::memory_order_relaxed); }
  std::int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  std::int64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  // Callers by the hash of their names, so that no name stays in memory. Only callers with a call in progress
  // are listed, so calls_max bounds them.
  struct Shard {
    std::mutex mutex;
    absl::flat_hash_map<std::size_t, std::int64_t> calls;  // guarded by mutex
  };
  static constexpr std::size_t kShards = 16;

  bool TakeOneOf(std::size_t caller, std::int64_t calls_max);
  void Return(std::size_t caller, std::int64_t bytes);
  void Return(std::int64_t bytes);
  Refusal Refuse(absl::string_view why);

  const AdmissionOptions options_;
  std::atomic<std::int64_t> calls_ = 0;
  std::atomic<std::int64_t> bytes_ = 0;
  std::atomic<std::int64_t> refused_ = 0;
  std::array<Shard, kShards> shards_;
};

}  // namespace firstmile::limits

// The door of the process: refuses calls before they cost anything, when too many are inside or memory runs
// short.
//
// Thread-safe; called on gRPC's threads.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "limits/limits_options.h"
#include "limits/refusal.h"
#include "transport/clock.h"

namespace firstmile::limits {

// Resident memory of this process in bytes; 0 where the system does not tell.
std::int64_t ResidentBytes();

// How many of all places a caller may have.
enum class Share {
  kOfOneCaller,  // calls_max_per_caller
  kWhole,        // calls_max: many callers that cannot be told apart
};

class AdmissionGate {
 public:
  // A call's place in the sidecar; its end gives it back. Ends before its gate, on any thread.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), caller_(other.caller_) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(gate_, other.gate_);
      std::swap(caller_, other.caller_);
      return *this;
    }
    ~Place();

   private:
    friend class AdmissionGate;
    Place(AdmissionGate& gate, std::size_t caller) : gate_(&gate), caller_(caller) {}

    AdmissionGate* gate_ = nullptr;
    std::size_t caller_ = 0;
  };

  struct Entry {
    std::optional<Refusal> refusal;  // SIDECAR_OVERLOADED, or else there is a place
    Place place;
  };

  // `clock` outlives the gate, and the gate all places.
  AdmissionGate(const AdmissionOptions& options, const transport::Clock& clock,
                std::function<std::int64_t()> resident_bytes = ResidentBytes);

  Entry TryEnter(absl::string_view caller, Share share = Share::kOfOneCaller);

  std::int64_t calls() const { return calls_.load(std::memory_order_relaxed); }
  std::int64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  std::int64_t memory_bytes() const { return memory_bytes_.load(std::memory_order_relaxed); }  // last sample

 private:
  // Callers by the hash of their names, so that no name of theirs stays in memory. Only those that have a
  // call inside are here: calls_max bounds them.
  struct Shard {
    std::mutex mutex;
    absl::flat_hash_map<std::size_t, std::int64_t> calls;  // guarded by mutex
  };
  static constexpr std::size_t kShards = 16;

  void Leave(std::size_t caller);
  bool MemoryIsShort();
  std::int64_t SampleMemory(std::int64_t now);
  Refusal Refuse(absl::string_view why);

  const AdmissionOptions options_;
  const transport::Clock& clock_;
  const std::function<std::int64_t()> resident_bytes_;
  std::atomic<std::int64_t> calls_ = 0;
  std::atomic<std::int64_t> refused_ = 0;
  std::atomic<std::int64_t> memory_bytes_ = 0;
  std::atomic<std::int64_t> next_sample_ns_ = 0;  // of the monotonic clock
  std::atomic<std::int64_t> next_release_ns_ = 0;
  std::array<Shard, kShards> shards_;
};

}  // namespace firstmile::limits

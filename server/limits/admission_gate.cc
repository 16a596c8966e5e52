#include "limits/admission_gate.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/hash/hash.h"
#include "absl/random/random.h"
#include "absl/strings/str_cat.h"

namespace firstmile::limits {
namespace {

std::int64_t Nanoseconds(transport::MonotonicTime time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

double Jitter() {
  thread_local absl::InsecureBitGen random;
  return absl::Uniform(random, 0.5, 1.5);
}

}  // namespace

std::int64_t ResidentBytes() {
  static const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  static const std::int64_t page_bytes = sysconf(_SC_PAGESIZE);
  char text[128];  // seven numbers; the second is the resident pages
  const ssize_t length = file < 0 ? -1 : pread(file, text, sizeof(text) - 1, 0);
  if (length <= 0) return 0;
  text[length] = '\0';
  char* second = nullptr;
  std::strtoll(text, &second, 10);
  return std::strtoll(second, nullptr, 10) * page_bytes;
}

AdmissionGate::Place::~Place() {
  if (gate_ != nullptr) gate_->Leave(caller_);
}

AdmissionGate::AdmissionGate(const AdmissionOptions& options, const transport::Clock& clock,
                             std::function<std::int64_t()> resident_bytes)
    : options_(options), clock_(clock), resident_bytes_(std::move(resident_bytes)) {}

AdmissionGate::Entry AdmissionGate::TryEnter(absl::string_view caller, Share share) {
  const std::int64_t inside = calls_.fetch_add(1, std::memory_order_relaxed);
  if (inside >= options_.calls_max) {
    calls_.fetch_sub(1, std::memory_order_relaxed);
    return {Refuse("too many calls are in the sidecar"), Place()};
  }
  if (inside >= options_.calls_despite_memory && MemoryIsShort()) {
    calls_.fetch_sub(1, std::memory_order_relaxed);
    return {Refuse("the sidecar's memory is short"), Place()};
  }
  const std::size_t hash = absl::HashOf(caller);
  Shard& shard = shards_[hash % kShards];
  {
    const std::lock_guard lock(shard.mutex);
    std::int64_t& calls = shard.calls[hash];
    if (share == Share::kWhole || calls < options_.calls_max_per_caller) {
      ++calls;
      return {std::nullopt, Place(*this, hash)};
    }
  }
  calls_.fetch_sub(1, std::memory_order_relaxed);
  return {Refuse("this caller has too many calls in the sidecar"), Place()};
}

void AdmissionGate::Leave(std::size_t caller) {
  {
    Shard& shard = shards_[caller % kShards];
    const std::lock_guard lock(shard.mutex);
    const auto entry = shard.calls.find(caller);
    if (--entry->second == 0) shard.calls.erase(entry);
  }
  calls_.fetch_sub(1, std::memory_order_relaxed);
}

bool AdmissionGate::MemoryIsShort() {
  if (options_.memory_max_bytes <= 0) return false;
  const std::int64_t now = Nanoseconds(clock_.Monotonic());
  std::int64_t due = next_sample_ns_.load(std::memory_order_relaxed);
  const std::int64_t next = now + absl::ToInt64Nanoseconds(options_.memory_sample_interval);
  if (now >= due && next_sample_ns_.compare_exchange_strong(due, next, std::memory_order_relaxed)) {
    memory_bytes_.store(SampleMemory(now), std::memory_order_relaxed);
  }
  return memory_bytes() > options_.memory_max_bytes;
}

// What was freed after a burst stays resident until the allocator is told to give it back.
std::int64_t AdmissionGate::SampleMemory(std::int64_t now) {
  const std::int64_t resident = resident_bytes_();
  if (resident <= options_.memory_max_bytes || now < next_release_ns_.load(std::memory_order_relaxed)) {
    return resident;
  }
  next_release_ns_ = now + absl::ToInt64Nanoseconds(options_.memory_release_interval);
  malloc_trim(0);
  return resident_bytes_();
}

Refusal AdmissionGate::Refuse(absl::string_view why) {
  refused_.fetch_add(1, std::memory_order_relaxed);
  return {errors::Code::kResourceExhausted, kSidecarOverloaded, absl::StrCat(why, "; nothing was sent"),
          options_.retry_after * Jitter()};
}

}  // namespace firstmile::limits

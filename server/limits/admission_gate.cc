#include "limits/admission_gate.h"

#include "absl/hash/hash.h"
#include "absl/random/random.h"
#include "absl/strings/str_cat.h"

namespace firstmile::limits {
namespace {

double Jitter() {
  thread_local absl::InsecureBitGen random;
  return absl::Uniform(random, 0.5, 1.5);
}

std::int64_t Mebibytes(std::int64_t bytes) {
  return bytes >> 20;
}

}  // namespace

AdmissionGate::Entry AdmissionGate::TryEnter(absl::string_view caller, std::size_t request_bytes,
                                             Share share) {
  const std::int64_t bytes = kBytesPerCall + static_cast<std::int64_t>(request_bytes);
  const std::int64_t calls = calls_.fetch_add(1, std::memory_order_relaxed);
  const std::int64_t taken = bytes_.fetch_add(bytes, std::memory_order_relaxed);
  std::string why;
  if (calls >= options_.calls_max) {
    why = absl::StrCat(options_.calls_max, " calls in progress (limits.max_calls)");
  } else if (options_.bytes_max != 0 && taken + bytes > options_.bytes_max) {
    why = absl::StrCat("calls in progress take ", Mebibytes(taken), " of the ", Mebibytes(options_.bytes_max),
                       " MiB that they may, half of limits.max_memory_mib");
  } else {
    const std::size_t hash = absl::HashOf(caller);
    const std::int64_t calls_max =
        share == Share::kWhole ? options_.calls_max : options_.calls_max_per_caller;
    if (TakeOneOf(hash, calls_max)) return {std::nullopt, Admitted(this, Release{hash, bytes})};
    why = absl::StrCat("this caller has ", calls_max, " calls in progress (limits.max_calls_per_caller)");
  }
  Return(bytes);
  return {Refuse(why), Admitted()};
}

bool AdmissionGate::TakeOneOf(std::size_t caller, std::int64_t calls_max) {
  Shard& shard = shards_[caller % kShards];
  const std::lock_guard lock(shard.mutex);
  std::int64_t& calls = shard.calls[caller];
  if (calls >= calls_max) return false;
  ++calls;
  return true;
}

void AdmissionGate::Return(std::int64_t bytes) {
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  calls_.fetch_sub(1, std::memory_order_relaxed);
}

void AdmissionGate::Return(std::size_t caller, std::int64_t bytes) {
  {
    Shard& shard = shards_[caller % kShards];
    const std::lock_guard lock(shard.mutex);
    const auto entry = shard.calls.find(caller);
    if (--entry->second == 0) shard.calls.erase(entry);
  }
  Return(bytes);
}

Refusal AdmissionGate::Refuse(absl::string_view why) {
  refused_.fetch_add(1, std::memory_order_relaxed);
  return {errors::Code::kResourceExhausted, kSidecarOverloaded, absl::StrCat("Not sent: ", why, "."),
          options_.retry_after * Jitter()};
}

}  // namespace firstmile::limits

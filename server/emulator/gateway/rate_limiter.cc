#include "emulator/gateway/rate_limiter.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <stdexcept>

namespace emulator::gateway {
namespace {

constexpr std::chrono::milliseconds kSlot{10};

std::string WrongIn(const RateLimit& limit) {
  if (limit.per_second < 0 || limit.per_second > kMostPerSecond) {
    return absl::StrCat("per_second must be between 0 and ", kMostPerSecond);
  }
  if (limit.shop_id < 0) return "shop_id must not be negative";
  const bool known = limit.path.empty() || limit.path == kEachPath || limit.path.starts_with("/api/v2/");
  return known ? "" : absl::StrCat("path must be an API path or \"", kEachPath, "\"");
}

}  // namespace

RateLimiter::RateLimiter(RateLimit limit) : first_(std::move(limit)) {
  const std::string wrong = Set(first_);
  if (!wrong.empty()) throw std::runtime_error("rate limit: " + wrong);
}

std::string RateLimiter::Set(const RateLimit& limit) {
  if (std::string wrong = WrongIn(limit); !wrong.empty()) return wrong;
  const MutexLock lock(&mutex_);
  const Key key(limit.shop_id, limit.path);
  if (limit.per_second == 0) {
    limits_.erase(key);
  } else if (limits_.size() >= kMostRateLimits && !limits_.contains(key)) {
    return "there are too many rate limits already; DELETE some";
  } else {
    limits_[key] = limit;
  }
  windows_.clear();  // a new limit counts from its setting
  empty_ = limits_.empty();
  return "";
}

void RateLimiter::Clear() {
  const MutexLock lock(&mutex_);
  limits_.clear();
  windows_.clear();
  empty_ = true;
}

void RateLimiter::Reset() {
  Clear();
  {
    const MutexLock lock(&mutex_);
    counts_.clear();
  }
  Set(first_);
}

std::vector<RateLimit> RateLimiter::Limits() const {
  const MutexLock lock(&mutex_);
  std::vector<RateLimit> limits;
  limits.reserve(limits_.size());
  for (const auto& [key, limit] : limits_) limits.push_back(limit);
  return limits;
}

bool RateLimiter::Admit(int64_t shop_id, const std::string& path, Time now) {
  if (empty_.load(std::memory_order_relaxed)) return true;
  const int64_t slot = now.time_since_epoch() / kSlot;
  const MutexLock lock(&mutex_);
  const RateLimit* limit = Find(shop_id, path);
  if (limit == nullptr) return true;
  Window* window = WindowOf({shop_id, limit->path.empty() ? "" : path}, slot);
  const bool admitted = window == nullptr || window->Take(*limit, slot);
  Count(shop_id, admitted);
  return admitted;
}

// The one that says most about the call.
const RateLimit* RateLimiter::Find(int64_t shop_id, const std::string& path) const {
  for (const int64_t shop : {shop_id, int64_t{0}}) {
    for (const std::string& at : {path, std::string(kEachPath), std::string()}) {
      const auto it = limits_.find(Key(shop, at));
      if (it != limits_.end()) return &it->second;
    }
  }
  return nullptr;
}

RateLimiter::Window* RateLimiter::WindowOf(Key key, int64_t slot) {
  const auto it = windows_.find(key);
  if (it != windows_.end()) return &it->second;
  if (windows_.size() >= kMostRateWindows) {
    absl::erase_if(windows_, [slot](const auto& entry) { return entry.second.IsIdle(slot); });
    if (windows_.size() >= kMostRateWindows) return nullptr;
  }
  return &windows_[std::move(key)];
}

// A fixed window begins with each whole second of the clock. A sliding one counts its oldest slot whole, so
// that no second ever holds more than the limit.
bool RateLimiter::Window::Take(const RateLimit& limit, int64_t slot) {
  slot = std::max(slot, newest);  // a thread may come late with its time
  const bool fixed = limit.window == RateLimit::Window::kFixed;
  const bool over = fixed ? slot / kSlotsOfASecond != newest / kSlotsOfASecond : IsIdle(slot);
  if (over) {
    calls.fill(0);
    sum = 0;
  } else if (!fixed) {
    for (int64_t passed = newest + 1; passed <= slot; ++passed) {
      sum -= std::exchange(calls[static_cast<std::size_t>(passed % kSlots)], 0);
    }
  }
  newest = slot;
  if (sum >= static_cast<uint32_t>(limit.per_second)) return false;
  ++calls[static_cast<std::size_t>(slot % kSlots)];
  ++sum;
  return true;
}

void RateLimiter::Count(int64_t shop_id, bool accepted) {
  const bool known = counts_.size() < kMostCountedShops || counts_.contains(shop_id);
  RateCount& count = counts_[known ? shop_id : 0];
  ++(accepted ? count.accepted : count.refused);
}

std::map<int64_t, RateCount> RateLimiter::Counts() const {
  const MutexLock lock(&mutex_);
  return counts_;
}

}  // namespace emulator::gateway

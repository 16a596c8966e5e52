#include "emulator/gateway/rate_limiter.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <stdexcept>

namespace emulator::gateway {
namespace {

constexpr std::chrono::milliseconds kSlot{10};

std::string WrongIn(const RateLimit& limit) {
  if (limit.per_second < 0 || limit.per_second > kMaxPerSecond) {
    return absl::StrCat("per_second must be between 0 and ", kMaxPerSecond);
  }
  if (limit.shop_id < 0 || limit.merchant_id < 0) return "shop_id and merchant_id must not be negative";
  if (limit.shop_id > 0 && limit.merchant_id > 0) return "shop_id and merchant_id exclude each other";
  const bool known = limit.path.empty() || limit.path == kEachPath || limit.path.starts_with("/api/v2/");
  return known ? "" : absl::StrCat("path must be an API path or \"", kEachPath, "\"");
}

// The shop or merchant that a limit applies to; shop 0 means all.
auth::Subject SubjectOf(const RateLimit& limit) {
  return limit.merchant_id > 0 ? auth::MerchantSubject(limit.merchant_id) : auth::ShopSubject(limit.shop_id);
}

}  // namespace

RateLimiter::RateLimiter(RateLimit limit) : initial_(std::move(limit)) {
  const std::string wrong = Set(initial_);
  if (!wrong.empty()) throw std::runtime_error("rate limit: " + wrong);
}

std::string RateLimiter::Set(const RateLimit& limit) {
  if (std::string wrong = WrongIn(limit); !wrong.empty()) return wrong;
  const MutexLock lock(&mutex_);
  const Key key(SubjectOf(limit), limit.path);
  if (limit.per_second == 0) {
    limits_.erase(key);
  } else if (limits_.size() >= kMaxRateLimits && !limits_.contains(key)) {
    return absl::StrCat("there are ", kMaxRateLimits, " rate limits already; DELETE some");
  } else {
    limits_[key] = limit;
  }
  windows_.clear();  // a new limit counts from now on
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
  Set(initial_);
}

std::vector<RateLimit> RateLimiter::Limits() const {
  const MutexLock lock(&mutex_);
  std::vector<RateLimit> limits;
  limits.reserve(limits_.size());
  for (const auto& [key, limit] : limits_) limits.push_back(limit);
  return limits;
}

bool RateLimiter::Admit(auth::Subject subject, const std::string& path, Time now) {
  if (empty_.load(std::memory_order_relaxed)) return true;
  const int64_t slot = now.time_since_epoch() / kSlot;
  const MutexLock lock(&mutex_);
  const RateLimit* limit = Find(subject, path);
  if (limit == nullptr) return true;
  Window* window = WindowOf({subject, limit->path.empty() ? "" : path}, slot);
  const bool admitted = window == nullptr || window->Take(*limit, slot);
  Count(subject, admitted);
  return admitted;
}

// The most specific limit: the subject before all subjects, then one path before each path before all paths.
const RateLimit* RateLimiter::Find(auth::Subject subject, const std::string& path) const {
  for (const auth::Subject whose : {subject, auth::ShopSubject(0)}) {
    for (const std::string& at : {path, std::string(kEachPath), std::string()}) {
      const auto it = limits_.find(Key(whose, at));
      if (it != limits_.end()) return &it->second;
    }
  }
  return nullptr;
}

RateLimiter::Window* RateLimiter::WindowOf(Key key, int64_t slot) {
  const auto it = windows_.find(key);
  if (it != windows_.end()) return &it->second;
  if (windows_.size() >= kMaxRateWindows) {
    absl::erase_if(windows_, [slot](const auto& entry) { return entry.second.IsIdle(slot); });
    if (windows_.size() >= kMaxRateWindows) return nullptr;
  }
  return &windows_[std::move(key)];
}

// A fixed window begins at each whole second of the clock. A sliding window counts its oldest slot in full,
// so that no second ever contains more calls than the limit.
bool RateLimiter::Window::Take(const RateLimit& limit, int64_t slot) {
  slot = std::max(slot, newest);  // another thread may have read the clock later
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

void RateLimiter::Count(auth::Subject subject, bool accepted) {
  const bool known = counts_.size() < kMaxCountedShops || counts_.contains(subject);
  RateCount& count = counts_[known ? subject : auth::ShopSubject(0)];
  ++(accepted ? count.accepted : count.refused);
}

std::map<int64_t, RateCount> RateLimiter::Counts(auth::SubjectKind kind) const {
  const MutexLock lock(&mutex_);
  std::map<int64_t, RateCount> counts;
  for (const auto& [subject, count] : counts_) {
    if (subject.kind == kind) counts.emplace(subject.id, count);
  }
  return counts;
}

}  // namespace emulator::gateway

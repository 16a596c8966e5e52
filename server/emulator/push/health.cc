#include "emulator/push/health.h"

#include "emulator/push/limits.h"

namespace emulator::push {
namespace {

constexpr int64_t kMinute = 60;

bool IsBelow(uint64_t accepted, uint64_t sent, uint64_t percent) {
  return sent > kMinRatedAttempts && accepted * 100 < sent * percent;
}

}  // namespace

std::string_view Name(Status status) {
  switch (status) {
    case Status::kWarning:
      return "Warning";
    case Status::kSuspended:
      return "Suspended";
    case Status::kNormal:
      break;
  }
  return "Normal";
}

bool Health::Count(bool success, int64_t now) {
  const int64_t minute = now / kMinute;
  while (!minutes_.empty() && minutes_.front().minute <= minute - kHealthWindow / kMinute)
    minutes_.pop_front();
  if (minutes_.empty() || minutes_.back().minute != minute) minutes_.push_back({minute, 0, 0});
  ++minutes_.back().sent;
  if (success) ++minutes_.back().accepted;
  uint64_t sent = 0;
  uint64_t accepted = 0;
  for (const Minute& counted : minutes_) {
    sent += counted.sent;
    accepted += counted.accepted;
  }
  if (suspended() || !IsBelow(accepted, sent, kSuspendPercent)) return false;
  suspended_at_ = now;
  return true;
}

void Health::Restart() {
  minutes_.clear();
  suspended_at_ = 0;
}

Status Health::StatusAt(int64_t now) const {
  if (suspended()) return Status::kSuspended;
  uint64_t sent = 0;
  uint64_t accepted = 0;
  for (const Minute& counted : minutes_) {
    if (counted.minute <= now / kMinute - kHealthWindow / kMinute) continue;
    sent += counted.sent;
    accepted += counted.accepted;
  }
  return IsBelow(accepted, sent, kWarningPercent) ? Status::kWarning : Status::kNormal;
}

}  // namespace emulator::push

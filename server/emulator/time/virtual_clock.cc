#include "emulator/time/virtual_clock.h"

#include <algorithm>
#include <utility>

namespace emulator::time {
namespace {

constexpr int64_t kEndOfTime = 4'294'967'295;  // Shopee's timestamps are 32 bits wide

}  // namespace

VirtualClock::VirtualClock(const ClockOptions& options, BaseClock base)
    : options_(options), base_(std::move(base)), base_start_(0), start_(0) {
  Restart();
}

void VirtualClock::Restart() {
  const int64_t base = base_();
  base_start_ = base;
  start_ = options_.start == 0 ? base : options_.start;
  advanced_ = 0;
}

int64_t VirtualClock::Now() const {
  int64_t passed = 0;
  if (options_.mode != ClockOptions::Mode::kManual) {
    const int64_t factor = options_.mode == ClockOptions::Mode::kFactor ? options_.factor : 1;
    passed = (base_() - base_start_) * factor;
  }
  return std::min(start_ + passed + advanced_, kEndOfTime);
}

void VirtualClock::Advance(int64_t seconds) {
  int64_t before = advanced_;
  int64_t after = 0;
  do {
    after = std::min(before + std::clamp<int64_t>(seconds, 0, kMaxAdvance), kMaxAdvance);
  } while (!advanced_.compare_exchange_weak(before, after));
}

}  // namespace emulator::time

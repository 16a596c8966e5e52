// The success rate of pushes, with the documented warning and suspension. Not thread safe.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>

namespace emulator::push {

enum class Status { kNormal, kWarning, kSuspended };

std::string_view Name(Status status);  // "Normal"

class Health {
 public:
  // Counts one attempt; true if it causes the suspension.
  bool Count(bool success, int64_t now);
  void Restart();  // clears the window and the suspension
  Status StatusAt(int64_t now) const;
  bool suspended() const { return suspended_at_ != 0; }
  int64_t suspended_at() const { return suspended_at_; }

 private:
  struct Minute {
    int64_t minute = 0;
    uint64_t sent = 0;
    uint64_t accepted = 0;
  };

  std::deque<Minute> minutes_;  // at most as many as the window has
  int64_t suspended_at_ = 0;
};

}  // namespace emulator::push

// How well the callback takes what it is sent: the documented warning and the switching off. Not thread safe.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>

namespace emulator::push {

enum class Status { kNormal, kWarning, kSuspended };

std::string_view Name(Status status);  // "Normal"

class Health {
 public:
  // Counts one attempt; true when this one suspends the pushes.
  bool Count(bool success, int64_t now);
  void Restart();  // a new subscription
  Status StatusAt(int64_t now) const;
  bool suspended() const { return suspended_at_ != 0; }
  int64_t suspended_at() const { return suspended_at_; }

 private:
  struct Minute {
    int64_t minute = 0;
    uint64_t sent = 0;
    uint64_t taken = 0;
  };

  std::deque<Minute> minutes_;  // at most those of the window
  int64_t suspended_at_ = 0;
};

}  // namespace emulator::push

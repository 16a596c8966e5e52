// An event that may happen any number of times a second, with one line a second for all of them.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "ops/call_log.h"

namespace firstmile::ops {

class SharedLine {
 public:
  explicit constexpr SharedLine(EventName event) : event_(event) {}

  // Counts the event. Writes a warning when the last one is a second old: `detail` of this event, and the
  // number of events since that line.
  void Log(std::chrono::steady_clock::time_point now, absl::string_view detail) {
    if (const std::uint64_t count = CountDue(now); count > 0)
      LogEvent(LogLevel::kWarning, event_, detail, count);
  }

  // The number of events that a line due now stands for, this one included; 0: none is due.
  std::uint64_t CountDue(std::chrono::steady_clock::time_point now);

 private:
  using Ticks = std::chrono::steady_clock::rep;

  const EventName event_;
  std::atomic<Ticks> due_{0};
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace firstmile::ops

// Distinguishes floods from honest traffic by a connection's bytes and calls.
//
// gRPC 1.51 does not expose the frames that it reads, so this uses bytes and calls. On an honest connection,
// requests start calls, everything else is answered, and large messages wait for flow control's answers.
// Floods of resets, metadata or CONTINUATION frames do neither. Not thread-safe.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace firstmile::listener {

// Totals since the connection began.
struct Traffic {
  std::uint64_t received = 0;  // bytes
  std::uint64_t sent = 0;      // bytes
  std::uint64_t calls = 0;     // started
  std::uint64_t resets = 0;    // calls that the caller cancelled at once
};

class TrafficMeter {
 public:
  // Most bytes received without a byte sent or a call started: four times flow control's window.
  static constexpr std::int64_t kUnansweredMax = 256 << 10;

  // Most unaccounted bytes received, beyond what calls and sent bytes explain.
  static constexpr std::int64_t kWastedMax = 2 << 20;
  static constexpr std::int64_t kWastedForgottenPerSecond = 256 << 10;
  // A call may receive a message of 1 MiB and its metadata.
  static constexpr std::int64_t kBytesPerCall = (1 << 20) + (64 << 10);
  // An answer to metadata alone is about 60 bytes.
  static constexpr std::int64_t kBytesPerByteSent = 16;

  // Most calls cancelled at once.
  static constexpr std::int64_t kResetsMax = 2000;
  static constexpr std::int64_t kResetsForgottenPerSecond = 250;
  // What one of those costs the sidecar, roughly.
  static constexpr std::int64_t kBytesPerReset = 8 << 10;

  // Takes the totals until now, `elapsed` after the last update. Returns whether the connection floods.
  bool Update(const Traffic& traffic, absl::Duration elapsed);

  // Memory that the connection may have wasted, roughly.
  std::int64_t burden() const { return unanswered_ + wasted_ + resets_ * kBytesPerReset; }

 private:
  Traffic last_;
  std::int64_t unanswered_ = 0;
  std::int64_t wasted_ = 0;
  std::int64_t resets_ = 0;
};

}  // namespace firstmile::listener

// Tells a flood from honest traffic by what one connection received, sent and called.
//
// gRPC 1.51 tells nobody of the frames that it reads, so this judges by bytes and calls. Of an honest
// connection, requests begin calls, all else is answered, and large messages wait for flow control's answers.
// Floods of resets, metadata or CONTINUATION frames have neither. Belongs to one thread.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace firstmile::listener {

// Since the connection began.
struct Traffic {
  std::uint64_t received = 0;  // bytes
  std::uint64_t sent = 0;      // bytes
  std::uint64_t calls = 0;     // that began
  std::uint64_t resets = 0;    // of them, those that the caller gave up right away
};

class TrafficMeter {
 public:
  // Most bytes that are received while nothing is sent and no call begins: four times flow control's window.
  static constexpr std::int64_t kUnansweredMax = 256 << 10;

  // Most bytes that are received for nothing: beyond what calls and sent bytes account for.
  static constexpr std::int64_t kWastedMax = 2 << 20;
  static constexpr std::int64_t kWastedForgottenPerSecond = 256 << 10;
  // A call may receive a message of 1 MiB and its metadata.
  static constexpr std::int64_t kBytesPerCall = (1 << 20) + (64 << 10);
  // An answer to nothing but metadata is some 60 bytes.
  static constexpr std::int64_t kBytesPerByteSent = 16;

  // Most calls that are given up right away.
  static constexpr std::int64_t kResetsMax = 2000;
  static constexpr std::int64_t kResetsForgottenPerSecond = 250;
  // What one costs the sidecar, roughly.
  static constexpr std::int64_t kBytesPerReset = 8 << 10;

  // Takes the traffic until now, `elapsed` after the last time. True when the connection floods.
  bool Update(const Traffic& traffic, absl::Duration elapsed);

  // Memory that the connection may have cost for nothing, roughly.
  std::int64_t burden() const { return unanswered_ + wasted_ + resets_ * kBytesPerReset; }

 private:
  Traffic last_;
  std::int64_t unanswered_ = 0;
  std::int64_t wasted_ = 0;
  std::int64_t resets_ = 0;
};

}  // namespace firstmile::listener

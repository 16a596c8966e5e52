// Tells a flood from honest traffic by what one connection received, sent and called.
//
// gRPC 1.51 tells nobody of the frames that it reads, so this judges by bytes. An honest connection receives
// requests, for each of which a call begins, and small frames that are answered; a flood of resets, metadata
// or CONTINUATION frames receives much for which there is neither. Belongs to one thread.
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
  // A call may receive a message of 1 MiB and its metadata.
  static constexpr std::int64_t kBytesPerCall = (1 << 20) + (64 << 10);
  // What is received for a byte that is sent: an answer to nothing but metadata is some 60 bytes.
  static constexpr std::int64_t kBytesPerByteSent = 16;
  // On top of its bytes, for what a reset costs here.
  static constexpr std::int64_t kBytesPerReset = 1024;
  // Two whole requests may be under way before their calls begin.
  static constexpr std::int64_t kWastedMax = 2 << 20;
  static constexpr std::int64_t kForgottenPerSecond = 256 << 10;

  // Takes the traffic until now, `elapsed` after the last time. True when the connection floods.
  bool Update(const Traffic& traffic, absl::Duration elapsed);

  // Bytes received for nothing, less what is forgotten since.
  std::int64_t wasted() const { return wasted_; }

 private:
  Traffic last_;
  std::int64_t wasted_ = 0;
};

}  // namespace firstmile::listener

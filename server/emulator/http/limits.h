// Every bound of the HTTP side, in one place.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace emulator::http {

struct Limits {
  std::size_t header_bytes = 16 * 1024;
  std::uint64_t body_bytes = 4 * 1024 * 1024;
  int connections = 20000;
  // A connection without a complete request since its last answer is closed after this long; 0: never.
  std::chrono::milliseconds idle{5 * 60 * 1000};
};

// Pipelined bytes that a connection holds while it is busy; it reads no further until they are used.
inline constexpr std::size_t kReadAheadBytes = 64 * 1024;
inline constexpr std::size_t kReadChunkBytes = 16 * 1024;
// After a refused request the connection discards input for this long, so that the answer is not lost to a
// reset.
inline constexpr std::chrono::milliseconds kDrainTime{1000};
// The longest latency, and the longest delay of a fault.
inline constexpr std::chrono::milliseconds kMostDelay{3'600'000};
// Pause before accepting again when the process is out of descriptors.
inline constexpr std::chrono::milliseconds kAcceptPause{50};

}  // namespace emulator::http

// The limits of the HTTP server.
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

// Pipelined bytes that a busy connection buffers; it stops reading until they are used.
inline constexpr std::size_t kReadAheadBytes = 64 * 1024;
inline constexpr std::size_t kReadChunkBytes = 16 * 1024;
// After refusing a request, the connection discards input for this long before it closes, since a TCP reset
// could destroy the answer.
inline constexpr std::chrono::milliseconds kDrainTime{1000};
// Maximum of the latency and of a fault's delay.
inline constexpr std::chrono::milliseconds kMaxDelay{3'600'000};
// Pause before the next accept if the process has no free descriptors.
inline constexpr std::chrono::milliseconds kAcceptPause{50};

}  // namespace emulator::http

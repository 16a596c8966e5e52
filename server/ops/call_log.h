// One structured line on stderr for each finished call, but for those that are shed: one a second speaks for
// them all.
//
// Thread-safe. No field of a line can hold a secret: texts of requests and answers are not logged. Lines are
// bounded and hold nothing that a terminal would obey.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::ops {

// What a line says of a call; fields that a call does not have are left out.
struct CallLine {
  absl::string_view method;  // "FirstMileService/GetDetail"
  absl::string_view code;    // gRPC's name, for example NOT_FOUND
  absl::string_view reason;  // of ErrorInfo
  absl::string_view vendor_code;
  absl::string_view request_id;  // the platform's
  std::int64_t shop_id = 0;
  int http_status = 0;
  int attempts = 0;
  std::chrono::microseconds waited{};  // for turns, and between attempts
  absl::string_view read_back;         // what the platform's state told of a write in doubt
  std::uint64_t pages = 0;             // of a stream
  std::uint32_t unknown_fields = 0;
  std::uint32_t unknown_enum_values = 0;
  std::chrono::microseconds duration{};
};

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

// Prepares logging to stderr, JSON lines, or changes the level. Call it before the first line. A thread of
// its own writes: whoever logs never waits for the reader of stderr. When that falls kLogLinesMax lines
// behind, the oldest are dropped.
void StartLog(LogLevel level);

inline constexpr std::size_t kLogLinesMax = 4096;

// Most bytes of one text of a line.
inline constexpr std::size_t kLogTextBytesMax = 2048;

// Lines that were lost since the start: dropped, or not taken by a stderr that is closed.
std::uint64_t DroppedLogLines();

// Waits until all lines are written, for a second at most. Later ones are not.
void EndLog();

void LogCall(const CallLine& line);

// A line about the process, for example "listening" with an address. `detail` is shown as it is: no secrets.
void LogEvent(LogLevel level, absl::string_view event, absl::string_view detail);

}  // namespace firstmile::ops

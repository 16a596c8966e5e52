// The log: JSON lines on standard error, one for each finished call and for each event of the process.
//
// Thread-safe. No field of a line can hold a secret: texts of requests and answers are not logged. Lines are
// bounded and hold no control characters.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "ops/log_names.h"
#include "subjects/subject.h"

namespace firstmile::ops {

// What a line says of a call; fields that a call does not have are left out.
struct CallLine {
  absl::string_view method;  // "FirstMileService/GetDetail"
  absl::string_view code;    // gRPC's name, for example NOT_FOUND
  absl::string_view reason;  // of ErrorInfo
  absl::string_view vendor_code;
  absl::string_view request_id;  // Shopee's
  subjects::Subject subject;     // a field shop_id or merchant_id; none when its id is 0
  int http_status = 0;
  int attempts = 0;
  std::chrono::microseconds waited{};  // in queues, and between attempts
  absl::string_view read_back;         // what reading back a write with an unknown outcome found
  std::uint64_t pages = 0;             // of a stream
  std::uint32_t unknown_fields = 0;
  std::uint32_t unknown_enum_values = 0;
  std::chrono::microseconds duration{};
};

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

// Of "debug", "info", "warning" or "error", as the configuration and the lines spell them.
std::optional<LogLevel> LogLevelOf(absl::string_view name);

// Prepares logging to stderr, JSON lines, or changes the level. Call it before the first line. A thread of
// its own writes, so that no call waits for the reader of stderr. When that falls kLogLinesMax lines
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
// `count`: how many events the line stands for; left out when it is 0.
void LogEvent(LogLevel level, EventName event, absl::string_view detail, std::uint64_t count = 0);

}  // namespace firstmile::ops

#include "emulator/http/date_header.h"

#include <absl/time/time.h>

#include <string>

namespace emulator::http {

// Cached: the text is made once per second and thread.
std::string_view DateHeader(int64_t unix_seconds) {
  thread_local int64_t second = -1;
  thread_local std::string text;
  if (second != unix_seconds) {
    second = unix_seconds;
    text = absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::FromUnixSeconds(unix_seconds),
                            absl::UTCTimeZone());
  }
  return text;
}

}  // namespace emulator::http

// The Date header of answers (IMF-fixdate). Thread safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace emulator::http {

// For example "Sun, 22 Nov 2026 17:00:00 GMT". Valid until this thread's next call.
std::string_view DateHeader(int64_t unix_seconds);

}  // namespace emulator::http

// Calendar days in Shopee's time zone, UTC+8. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace emulator {

using Day = int32_t;  // days since 1970-01-01

inline constexpr int64_t kSecondsPerDay = 86400;
inline constexpr int64_t kUpstreamOffsetSeconds = 8 * 3600;

Day DayOf(int64_t unix_seconds);
bool IsSaturday(Day day);
int64_t StartOfDay(Day day);  // Unix seconds of its midnight

std::optional<Day> ParseDay(std::string_view text);  // strictly YYYY-MM-DD
std::string FormatDay(Day day);                      // YYYY-MM-DD
std::string FormatShortDay(Day day);                 // YYMMDD

}  // namespace emulator

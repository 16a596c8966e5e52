#include "emulator/world/civil_day.h"

#include <absl/strings/str_format.h>

#include <chrono>

namespace emulator {
namespace {

std::chrono::year_month_day Civil(Day day) {
  return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(day)));
}

std::optional<int> Digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

Day DayOf(int64_t unix_seconds) {
  const int64_t shifted = unix_seconds + kUpstreamOffsetSeconds;
  const int64_t day = shifted / kSecondsPerDay;
  return static_cast<Day>(shifted % kSecondsPerDay < 0 ? day - 1 : day);
}

bool IsSaturday(Day day) {
  return std::chrono::weekday(std::chrono::sys_days(std::chrono::days(day))) == std::chrono::Saturday;
}

int64_t StartOfDay(Day day) {
  return day * kSecondsPerDay - kUpstreamOffsetSeconds;
}

std::optional<Day> ParseDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = Digits(text.substr(0, 4));
  const auto month = Digits(text.substr(5, 2));
  const auto day = Digits(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<Day>(std::chrono::sys_days(date).time_since_epoch().count());
}

std::string FormatDay(Day day) {
  const auto date = Civil(day);
  return absl::StrFormat("%04d-%02d-%02d", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                         static_cast<unsigned>(date.day()));
}

std::string FormatShortDay(Day day) {
  const auto date = Civil(day);
  return absl::StrFormat("%02d%02d%02d", static_cast<int>(date.year()) % 100,
                         static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace emulator

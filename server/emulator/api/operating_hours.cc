#include <array>

#include "emulator/api/operations.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::array kDays = {"monday", "tuesday",  "wednesday", "thursday",
                              "friday", "saturday", "sunday",    "public_holiday"};
constexpr std::size_t kWorkingDays = 5;

json::object DescribeHours(std::string_view start, std::string_view end) {
  return {{"start_time", std::string(start)}, {"end_time", std::string(end)}};
}

json::object DescribeWeek(std::string_view start, std::string_view end) {
  json::object week;
  for (std::size_t i = 0; i < kDays.size(); ++i) {
    week[kDays[i]] = i < kWorkingDays ? DescribeHours(start, end) : DescribeHours("10:00", "16:00");
  }
  return week;
}

// A week that begins next week, closed on its last day.
json::object DescribeException(Day today) {
  constexpr int kLength = 7;
  json::array days;
  for (int i = 0; i < kLength; ++i) {
    json::object day = DescribeHours("09:00", "12:00");
    day["date"] = FormatDay(today + kLength + i);
    day["enable"] = i + 1 < kLength;
    days.push_back(std::move(day));
  }
  return {{"name", "Emulated holiday"},
          {"start_date", FormatDay(today + kLength)},
          {"end_date", FormatDay(today + 2 * kLength - 1)},
          {"operating_hours", std::move(days)}};
}

}  // namespace

Reply GetOperatingHours(Call& call) {
  if (call.shop.region == Region::kKr) {
    return Failure("error_permission",
                   "Sorry you don't have the permission, detail: This shop isn't eligible to set up Regular "
                   "Operating Hours.");
  }
  Reply reply;
  reply.top_level["repsonse"] = {{"regular_operating_hour", DescribeWeek("09:00", "18:00")},
                                 {"instant_operating_hour", DescribeWeek("10:00", "20:00")},
                                 {"special_operating_hour", DescribeException(call.world.Today())},
                                 {"shop_collection_operating_hour", DescribeWeek("12:00", "20:00")}};
  return reply;
}

}  // namespace emulator::api

#include "emulator/control/clock_pages.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "emulator/http/json_text.h"
#include "emulator/world/civil_day.h"

namespace emulator::control {
namespace {

namespace json = boost::json;

std::string_view ModeName(ClockOptions::Mode mode) {
  switch (mode) {
    case ClockOptions::Mode::kReal:
      return "real";
    case ClockOptions::Mode::kFactor:
      return "factor";
    case ClockOptions::Mode::kManual:
      return "manual";
  }
  return "";
}

http::Answer Refuse(std::string_view text) {
  http::Answer answer;
  answer.status = 400;
  answer.body = http::ToJsonText(json::object{{"error", text}}) + "\n";
  return answer;
}

}  // namespace

http::Answer ShowClock(engine::Engine& engine) {
  const time::VirtualClock& clock = engine.clock();
  std::size_t planned = 0;
  engine.WithWorld([&](World& world) { planned = world.lifecycle().planned(); });
  const int64_t now = clock.Now();
  http::Answer answer;
  answer.body = http::ToJsonText(json::object{{"now", now},
                                              {"day", FormatDay(DayOf(now))},
                                              {"mode", ModeName(clock.mode())},
                                              {"factor", clock.factor()},
                                              {"planned_events", planned}}) +
                "\n";
  return answer;
}

http::Answer MoveClock(engine::Engine& engine, const http::Request& request) {
  boost::system::error_code error;
  const json::value body = json::parse(request.body, error);
  const json::object* object = error ? nullptr : body.if_object();
  const json::value* seconds = object == nullptr ? nullptr : object->if_contains("advance_seconds");
  if (seconds == nullptr || !seconds->is_int64() || seconds->get_int64() < 0 ||
      seconds->get_int64() > time::VirtualClock::kMaxAdvance) {
    return Refuse("advance_seconds is required, as an integer from 0 to 3153600000 (100 years)");
  }
  engine.AdvanceClock(seconds->get_int64());
  return ShowClock(engine);
}

}  // namespace emulator::control

#include "emulator/time/schedule.h"

namespace emulator::time {

void Schedule::Add(int64_t time, EventKind kind, uint32_t row) {
  events_.push({time, ++added_, kind, row});
}

std::optional<Event> Schedule::TakeDue(int64_t now) {
  if (events_.empty() || events_.top().time > now) return std::nullopt;
  const Event event = events_.top();
  events_.pop();
  return event;
}

}  // namespace emulator::time

// What will happen in the emulated world, in the order of time. Not thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

namespace emulator::time {

enum class EventKind : uint8_t {
  kTrackingNumber,  // the carrier gives a package its number
  kDocument,        // an air waybill is printed
  kCollection,      // the carrier takes what is on a first-mile number
  kArrival,         // that reaches the transit warehouse
  kDelivery,        // a package reaches its buyer
  kCompletion,      // the buyer's time to complain is over
  kCourierNumber,   // the courier gives a binding its number
  kMidnight,        // a day of the platform begins
};

struct Event {
  int64_t time = 0;
  uint64_t sequence = 0;  // events of one second happen in the order of their planning
  EventKind kind = EventKind::kTrackingNumber;
  uint32_t row =
      0;  // of a package; of a number for kCollection, kArrival, kCourierNumber; none for kMidnight
};

// Whoever adds keeps it bounded: see Lifecycle.
class Schedule {
 public:
  void Add(int64_t time, EventKind kind, uint32_t row);
  std::optional<Event> TakeDue(int64_t now);  // the earliest, when its time has come
  std::size_t size() const { return events_.size(); }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
    }
  };

  std::priority_queue<Event, std::vector<Event>, Later> events_;
  uint64_t added_ = 0;
};

}  // namespace emulator::time

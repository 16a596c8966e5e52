// The future events of the emulated world, in order of time. Not thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

namespace emulator::time {

enum class EventKind : uint8_t {
  kTrackingNumber,     // a package gets its tracking number
  kDocument,           // an air waybill is printed
  kCollection,         // the carrier collects the parcels of a first-mile number
  kArrival,            // they reach the transit warehouse
  kDelivery,           // a package reaches the buyer
  kCompletion,         // an order completes
  kCourierNumber,      // a courier binding gets its number
  kMidnight,           // a day begins in UTC+8
  kPlanned,            // what a seed file or the control API planned for an order
  kBookingNumber,      // a booking gets its tracking number
  kBookingDocument,    // a booking's air waybill is printed
  kBookingCollection,  // the carrier collects a booking
  kBookingMatch,       // a booking gets its order
};

struct Event {
  int64_t time = 0;
  uint64_t sequence = 0;  // events of the same second run in the order in which they were added
  EventKind kind = EventKind::kTrackingNumber;
  // Of a package or a booking; of a number for kCollection, kArrival and kCourierNumber; of an order for
  // kCompletion; of a plan for kPlanned; unused for kMidnight.
  uint32_t row = 0;
};

// Has no bound of its own: see Lifecycle.
class Schedule {
 public:
  void Add(int64_t time, EventKind kind, uint32_t row);
  std::optional<Event> TakeDue(int64_t now);  // the earliest event, if it is due
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

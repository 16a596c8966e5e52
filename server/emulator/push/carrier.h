// Who takes pushes to the callback: a narrow interface, so that the outbox knows no network.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace emulator::push {

// One request to be made.
struct Parcel {
  uint64_t id = 0;
  std::string url;
  std::string authorization;  // the signature; never shown
  std::string body;
};

// What became of one attempt.
enum class Outcome : uint8_t {
  kPending,
  kTaken,      // 2xx and an empty body, in time
  kHasBody,    // 2xx, but with a body
  kBadStatus,  // an answer that is not 2xx
  kNoAnswer,   // none in time, or no connection
};

class Carrier {
 public:
  virtual ~Carrier() = default;
  // Something may be due. Any thread.
  virtual void Wake() = 0;
  // Makes one attempt now; `done` runs on the carrier's loop, or never when that stops first. Any thread.
  virtual void Carry(Parcel parcel, std::function<void(Outcome)> done) = 0;
};

}  // namespace emulator::push

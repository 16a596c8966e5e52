// Sends pushes to the callback. An interface, so that the outbox does not depend on the network.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace emulator::push {

// One request to the callback.
struct PushRequest {
  uint64_t id = 0;
  std::string url;
  std::string authorization;  // the signature; never displayed
  std::string body;
};

// The result of one attempt.
enum class Outcome : uint8_t {
  kPending,
  kAccepted,   // 2xx and an empty body, in time
  kHasBody,    // 2xx, but with a body
  kBadStatus,  // an answer that is not 2xx
  kNoAnswer,   // none in time, or no connection
};

class Sender {
 public:
  virtual ~Sender() = default;
  // Notifies the sender that a push may be due. Any thread.
  virtual void Wake() = 0;
  // Makes one attempt; `done` runs on the sender's loop, or never if the loop stops first. Any thread.
  virtual void Send(PushRequest request, std::function<void(Outcome)> done) = 0;
};

}  // namespace emulator::push

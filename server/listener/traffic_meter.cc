#include "listener/traffic_meter.h"

#include <algorithm>

namespace firstmile::listener {

bool TrafficMeter::Update(const Traffic& traffic, absl::Duration elapsed) {
  const auto since = [](std::uint64_t now, std::uint64_t last) {
    return static_cast<std::int64_t>(now - last);
  };
  const std::int64_t resets = since(traffic.resets, last_.resets);
  // The begin of a call that is reset now may have been told the last time.
  const std::int64_t honest_calls = std::max<std::int64_t>(since(traffic.calls, last_.calls) - resets, 0);
  wasted_ += since(traffic.received, last_.received) + resets * kBytesPerReset;
  wasted_ -= since(traffic.sent, last_.sent) * kBytesPerByteSent + honest_calls * kBytesPerCall;
  wasted_ -= static_cast<std::int64_t>(absl::ToDoubleSeconds(elapsed) * kForgottenPerSecond);
  wasted_ = std::max<std::int64_t>(wasted_, 0);
  last_ = traffic;
  return wasted_ > kWastedMax;
}

}  // namespace firstmile::listener

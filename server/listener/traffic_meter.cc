#include "listener/traffic_meter.h"

#include <algorithm>

namespace firstmile::listener {
namespace {

std::int64_t Forget(std::int64_t amount, std::int64_t per_second, absl::Duration elapsed) {
  const double forgotten = absl::ToDoubleSeconds(elapsed) * static_cast<double>(per_second);
  return std::max<std::int64_t>(amount - static_cast<std::int64_t>(forgotten), 0);
}

}  // namespace

bool TrafficMeter::Update(const Traffic& traffic, absl::Duration elapsed) {
  const auto received = static_cast<std::int64_t>(traffic.received - last_.received);
  const auto sent = static_cast<std::int64_t>(traffic.sent - last_.sent);
  const auto calls = static_cast<std::int64_t>(traffic.calls - last_.calls);
  const auto resets = static_cast<std::int64_t>(traffic.resets - last_.resets);
  last_ = traffic;
  unanswered_ = sent > 0 || calls > 0 ? 0 : unanswered_ + received;
  wasted_ = Forget(wasted_ + received - sent * kBytesPerByteSent - calls * kBytesPerCall,
                   kWastedForgottenPerSecond, elapsed);
  resets_ = Forget(resets_ + resets, kResetsForgottenPerSecond, elapsed);
  return unanswered_ > kUnansweredMax || wasted_ > kWastedMax || resets_ > kResetsMax;
}

}  // namespace firstmile::listener

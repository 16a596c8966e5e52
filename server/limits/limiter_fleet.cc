// What a limiter asks its fleet, and tells it.
#include <algorithm>

#include "limits/limiter.h"

namespace firstmile::limits {

using transport::MonotonicTime;

void Limiter::StartDraws(Shop& shop) {
  const MonotonicTime now = loop_.clock().Monotonic();
  for (const auto& lane : shop.lanes) {
    if (closing_ || lane->queue.empty() || !lane->NeedsPermit(now) || lane->share->asking) continue;
    if (lane->NextAt(now, options_.rate) > now) continue;
    lane->share->asking = true;
    ++questions_;
    starting_ = true;
    async::Detach(Draw(*lane));
    starting_ = false;
  }
}

async::Task<void> Limiter::Draw(Lane& lane) {
  const double rate = lane.curve.Rate(loop_.clock().Monotonic());
  const auto wanted =
      std::min<std::size_t>(lane.queue.size(), static_cast<std::size_t>(options_.fleet.permits_max));
  const absl::StatusOr<FleetGrant> grant = co_await fleet_->Take(
      loop_, FleetKey{lane.shop.id, std::string(lane.operation)}, rate, static_cast<int>(wanted));
  lane.share->asking = false;
  if (grant.ok()) {
    lane.share->Keep(*grant, rate, loop_.clock().Monotonic());
    Follow(lane, grant->state);
  } else {
    GoAlone(lane);
  }
  EndQuestion(lane);
}

// A back-off during the telling of another is not told: the next one is.
void Limiter::StartTelling(Lane& lane) {
  if (lane.share == nullptr) lane.share = std::make_unique<FleetShare>();
  lane.share->DropPermits();
  if (closing_ || lane.share->telling || !lane.share->Governs(loop_.clock().Monotonic())) return;
  lane.share->telling = true;
  ++questions_;
  starting_ = true;
  async::Detach(Tell(lane));
  starting_ = false;
}

async::Task<void> Limiter::Tell(Lane& lane) {
  const BackOff& learned = *lane.curve.learned();
  const absl::Duration rest = absl::FromChrono(lane.rest_until - loop_.clock().Monotonic());
  const absl::StatusOr<FleetState> state = co_await fleet_->TellBackOff(
      loop_, FleetKey{lane.shop.id, std::string(lane.operation)},
      FleetState{lane.share->version, learned.ceiling, learned.approach, {}}, rest);
  lane.share->telling = false;
  if (state.ok()) {
    Follow(lane, *state);
  } else {
    GoAlone(lane);
  }
  EndQuestion(lane);
}

void Limiter::Follow(Lane& lane, const FleetState& state) {
  if (state.version == 0 || state.version == lane.share->version) return;
  lane.share->version = state.version;
  const MonotonicTime backed_off_at = loop_.clock().Monotonic() - absl::ToChronoNanoseconds(state.age);
  lane.curve.Adopt({state.ceiling, backed_off_at, state.approach});
}

void Limiter::GoAlone(Lane& lane) {
  ++fleet_failures_;
  lane.share->GoAlone(loop_.clock().Monotonic() + absl::ToChronoNanoseconds(options_.fleet.alone));
}

void Limiter::EndQuestion(Lane& lane) {
  --questions_;
  if (questions_ == 0 && closed_ != nullptr) closed_->Set();
  if (!starting_) Pump(lane.shop);
}

async::Task<void> Limiter::Close() {
  closing_ = true;
  if (questions_ == 0) co_return;
  transport::Waiter ended(loop_, {});
  closed_ = &ended;
  co_await ended;
  closed_ = nullptr;
}

}  // namespace firstmile::limits

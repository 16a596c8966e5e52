#include "limits/limiter.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace firstmile::limits {
namespace {

using errors::Code;
using transport::MonotonicTime;

// What callers are told when too many calls wait in all.
constexpr absl::Duration kOverloadPause = absl::Seconds(1);

double SecondsBetween(MonotonicTime from, MonotonicTime to) {
  return std::chrono::duration<double>(to - from).count();
}

Refusal Stopped() {
  return {Code::kCancelled, kStoppedWaiting, "the call was cancelled while it waited for its turn",
          std::nullopt};
}

Refusal TooLate() {
  return {Code::kDeadlineExceeded, kDeadlineExceeded, "time is up; the call was not sent", std::nullopt};
}

Refusal Overloaded(std::size_t queued) {
  return {Code::kResourceExhausted, kSidecarOverloaded,
          absl::StrCat(queued, " calls wait in this sidecar; this one was not sent"), kOverloadPause};
}

std::string Readable(absl::Duration time) {
  return absl::FormatDuration(absl::Trunc(time, absl::Milliseconds(1)));
}

Refusal Paced(absl::string_view operation, double rate, absl::Duration wait) {
  return {Code::kResourceExhausted, kRateLimited,
          absl::StrFormat(
              "the sidecar itself holds back calls of %s for this shop, %.3g a second at present; this one "
              "would wait %s and was not sent",
              operation, rate, Readable(wait)),
          wait};
}

Refusal Slow(const Places& places, absl::Duration wait) {
  return {Code::kResourceExhausted, kUpstreamSlow,
          absl::StrCat("this shop's calls at the platform, ", places.taken(), " at present, take ",
                       Readable(places.held()), " each; this one would wait ", Readable(wait),
                       " and was not sent"),
          wait};
}

}  // namespace

Permit::~Permit() {
  if (limiter_ != nullptr) limiter_->Release(*lane_, since_);
}

struct Limiter::Waiting : FairQueue::Call {
  Waiting(transport::EventLoop& loop, const CallTicket& t, std::stop_token stop)
      : ticket(t), waiter(loop, std::move(stop)) {}

  const CallTicket& ticket;
  transport::Waiter waiter;
  Admission end;
};

async::Task<Admission> Limiter::Admit(CallTicket ticket, std::stop_token stop) {
  if (stop.stop_requested()) co_return Admission{Stopped(), {}, {}};
  std::optional<Refusal> parked = quotas_.Refuse(ticket.operation);
  if (parked.has_value()) co_return Admission{std::move(parked), {}, {}};
  const MonotonicTime now = loop_.clock().Monotonic();
  Lane* lane = lanes_.Use(ticket.shop_id, ticket.operation, now);
  if (lane == nullptr) co_return Admission{};
  if (lane->queue.empty() && MayLeave(*lane, now)) co_return Admission{std::nullopt, Grant(*lane), {}};
  std::optional<Refusal> refusal = RefuseToQueue(*lane, ticket);
  if (refusal.has_value()) co_return Admission{std::move(refusal), {}, {}};
  co_return co_await WaitForTurn(*lane, ticket, std::move(stop));
}

async::Task<Admission> Limiter::WaitForTurn(Lane& lane, CallTicket ticket, std::stop_token stop) {
  const MonotonicTime since = loop_.clock().Monotonic();
  Waiting waiting(loop_, ticket, std::move(stop));
  lane.queue.Push(waiting, ticket.caller, ticket.again);
  ++queued_;
  SetTimer(lane.shop);
  const bool set = co_await waiting.waiter;
  if (!set) waiting.end.refusal = Stopped();
  if (waiting.queued()) {
    lane.queue.Remove(waiting);
    --queued_;
  }
  waiting.end.waited = absl::FromChrono(loop_.clock().Monotonic() - since);
  co_return std::move(waiting.end);
}

Permit Limiter::Grant(Lane& lane) {
  const MonotonicTime now = loop_.clock().Monotonic();
  ++lane.in_flight;
  lane.shop.places.Take();
  ++in_flight_;
  const bool places_left = lane.shop.places.free() && lane.WindowIsOpen();
  lane.OnSent(now, !lane.queue.empty() && places_left);
  return {*this, lane, now};
}

void Limiter::Release(Lane& lane, MonotonicTime since) {
  Shop& shop = lane.shop;
  shop.places.GiveBack(absl::FromChrono(loop_.clock().Monotonic() - since));
  --lane.in_flight;
  --in_flight_;
  Pump(shop);
}

bool Limiter::MayLeave(const Lane& lane, MonotonicTime now) const {
  return lane.shop.places.free() && lane.WindowIsOpen() && !lane.NeedsPermit(now) &&
         lane.NextAt(now, options_.rate) <= now;
}

std::optional<Refusal> Limiter::RefuseToQueue(const Lane& lane, const CallTicket& ticket) const {
  if (queued_ >= options_.queue.queued_max) return Overloaded(queued_);
  const MonotonicTime now = loop_.clock().Monotonic();
  const auto ahead = static_cast<double>(lane.queue.Ahead(ticket.caller, ticket.again));
  const absl::Duration for_rate = WaitForRate(lane, ahead);
  const absl::Duration for_place = WaitForPlace(lane, ahead);
  const absl::Duration wait = std::max(for_rate, for_place);
  const bool full = lane.queue.size() >= options_.queue.queue_max && !ticket.again;
  const bool late =
      ticket.deadline != MonotonicTime::max() && wait >= absl::FromChrono(ticket.deadline - now);
  if (!full && !late) return std::nullopt;
  if (for_place > for_rate) return Slow(lane.shop.places, wait);
  return Paced(lane.operation, lane.curve.Rate(now), wait);
}

absl::Duration Limiter::WaitForRate(const Lane& lane, double ahead) const {
  const MonotonicTime now = loop_.clock().Monotonic();
  const double rate = lane.curve.Rate(now);
  // A rate that was never refused doubles with each second of waiting calls.
  const bool grows = !lane.curve.learned().has_value();
  const double wait_s = grows ? std::log2(1 + ahead * std::numbers::ln2 / rate) : ahead / rate;
  return absl::Seconds(wait_s + std::max(0.0, SecondsBetween(now, lane.NextAt(now, options_.rate))));
}

absl::Duration Limiter::WaitForPlace(const Lane& lane, double ahead) const {
  const Places& places = lane.shop.places;
  if (places.free() && lane.WindowIsOpen()) return absl::ZeroDuration();
  double count = places.bound();
  if (!lane.WindowIsOpen()) count = std::min(count, lane.window);
  return places.held() * ((ahead + 1) / count);
}

void Limiter::Pump(Shop& shop) {
  while (Lane* lane = NextLane(shop)) LetNextLeave(*lane);
  SetTimer(shop);
}

// Operations of a shop take turns, too.
Lane* Limiter::NextLane(Shop& shop) const {
  const MonotonicTime now = loop_.clock().Monotonic();
  const std::size_t lanes = shop.lanes.size();
  for (std::size_t i = 0; i < lanes; ++i) {
    const std::size_t turn = (shop.next_turn + i) % lanes;
    Lane& lane = *shop.lanes[turn];
    if (lane.queue.empty() || !MayLeave(lane, now)) continue;
    shop.next_turn = turn + 1;
    return &lane;
  }
  return nullptr;
}

void Limiter::LetNextLeave(Lane& lane) {
  Waiting& next = *TakeNext(lane);
  if (!next.waiter.Set()) return;  // stopped a moment ago
  if (next.ticket.deadline <= loop_.clock().Monotonic()) {
    next.end.refusal = TooLate();
  } else {
    next.end.permit = Grant(lane);
  }
}

Limiter::Waiting* Limiter::TakeNext(Lane& lane) {
  --queued_;
  return static_cast<Waiting*>(lane.queue.Pop());
}

// Sees to it that the shop is pumped when its next call may leave. Where calls at the platform hold it up,
// their end does.
void Limiter::SetTimer(Shop& shop) {
  if (shop.timer.has_value()) loop_.CancelTimer(*shop.timer);
  shop.timer.reset();
  if (!shop.places.free()) return;
  if (fleet_ != nullptr) StartDraws(shop);
  const MonotonicTime now = loop_.clock().Monotonic();
  MonotonicTime due = MonotonicTime::max();
  for (const auto& lane : shop.lanes) {
    const bool answer_comes = lane->share != nullptr && lane->share->asking;  // and pumps
    if (!lane->queue.empty() && lane->WindowIsOpen() && !answer_comes)
      due = std::min(due, lane->NextAt(now, options_.rate));
  }
  if (due == MonotonicTime::max()) return;
  shop.timer = loop_.AddTimer(due, [this, &shop] {
    shop.timer.reset();
    Pump(shop);
  });
}

void Limiter::OnAccepted(std::int64_t shop_id, absl::string_view operation, MonotonicTime sent_at) {
  quotas_.OnAccepted(operation, sent_at);
  Lane* lane = lanes_.Find(shop_id, operation);
  if (lane == nullptr) return;
  const MonotonicTime now = loop_.clock().Monotonic();
  lane->shop.places.OnAnswer(absl::FromChrono(now - sent_at));
  lane->accepted.Add(now);
  lane->window =
      std::min<double>(lane->window + options_.rate.in_flight_per_accepted, options_.in_flight_per_shop);
}

void Limiter::OnRateLimited(std::int64_t shop_id, absl::string_view operation, MonotonicTime sent_at,
                            std::optional<absl::Duration> retry_after) {
  Lane* lane = lanes_.Find(shop_id, operation);
  if (lane == nullptr) return;
  const MonotonicTime now = loop_.clock().Monotonic();
  lane->shop.places.OnAnswer(absl::FromChrono(now - sent_at));
  const absl::Duration rest = std::max(retry_after.value_or(absl::ZeroDuration()), absl::ZeroDuration());
  if (lane->OnRefused(sent_at, now, rest, options_.rate)) {
    ++back_offs_;
    if (fleet_ != nullptr) StartTelling(*lane);
  }
  SetTimer(lane->shop);
}

void Limiter::OnNoAnswer(std::int64_t shop_id, absl::string_view operation, MonotonicTime sent_at) {
  Lane* lane = lanes_.Find(shop_id, operation);
  if (lane == nullptr) return;
  lane->shop.places.OnSilence(absl::FromChrono(loop_.clock().Monotonic() - sent_at), options_.silent_after);
}

void Limiter::OnDailyQuota(absl::string_view operation, absl::Time until) {
  if (quotas_.Park(operation, until)) RefuseQueued(operation);
}

void Limiter::RefuseQueued(absl::string_view operation) {
  lanes_.ForEach([this, operation](Lane& lane) {
    if (lane.operation != operation) return;
    while (!lane.queue.empty()) {
      Waiting& next = *TakeNext(lane);
      if (next.waiter.Set()) next.end.refusal = quotas_.Refuse(operation);
    }
  });
}

Limiter::Snapshot Limiter::Counts() const {
  Snapshot counts{.queued = queued_,
                  .in_flight = in_flight_,
                  .parked_operations = quotas_.Count(),
                  .keys = lanes_.size(),
                  .back_offs = back_offs_,
                  .fleet_failures = fleet_failures_};
  const MonotonicTime now = loop_.clock().Monotonic();
  lanes_.ForEach([&](const Lane& lane) {
    const auto& learned = lane.curve.learned();
    const bool throttled =
        learned.has_value() && absl::FromChrono(now - learned->backed_off_at) < options_.idle_after;
    counts.throttled += throttled ? 1 : 0;
  });
  return counts;
}

double Limiter::Rate(std::int64_t shop_id, absl::string_view operation) const {
  const Lane* lane = lanes_.Find(shop_id, operation);
  return lane == nullptr ? options_.rate.initial_rate : lane->curve.Rate(loop_.clock().Monotonic());
}

}  // namespace firstmile::limits

#include "limits/limiter.h"

#include <algorithm>

#include "limits/predicted_wait.h"

namespace firstmile::limits {

using transport::MonotonicTime;

Limiter::~Limiter() {
  shops_.ForEach([this](ShopOperation& operation) {
    std::optional<transport::EventLoop::TimerId>& timer = operation.shop.timer;
    if (timer.has_value()) loop_.CancelTimer(*timer);
    timer.reset();
  });
}

struct Limiter::Waiting : FairQueue::Call {
  Waiting(transport::EventLoop& loop, const CallTicket& t, std::stop_token stop)
      : ticket(t), event(loop, std::move(stop)) {}

  const CallTicket& ticket;
  transport::StoppableEvent event;
  Admission end;
};

async::Task<Limiter::Admission> Limiter::Admit(CallTicket ticket, std::stop_token stop) {
  if (stop.stop_requested()) co_return Admission{StoppedWaiting(), {}, {}};
  ShopOperation* operation = shops_.Use(ticket.subject, ticket.operation, Now());
  if (operation == nullptr) co_return Admission{TooManyShops(shops_.size()), {}, {}};
  const bool first = operation->queue.empty() && turns_.empty();
  if (first && ConnectionIsFree() && MaySend(*operation)) {
    co_return Admission{std::nullopt, Grant(*operation), {}};
  }
  std::optional<Refusal> refusal = RefuseToQueue(*operation, ticket);
  if (refusal.has_value()) co_return Admission{std::move(refusal), {}, {}};
  co_return co_await WaitForTurn(*operation, ticket, std::move(stop));
}

std::optional<Refusal> Limiter::RefuseToQueue(const ShopOperation& operation,
                                              const CallTicket& ticket) const {
  if (ticket.deadline <= Now()) return TimeIsUp();
  if (queued_ >= options_.queue.queued_max) return TooManyWait(queued_);
  if (operation.queue.size() >= options_.queue.queue_max && !ticket.again) {
    return TooManyWaitForOperation(operation.name, ticket.subject.kind, operation.queue.size());
  }
  const std::size_t ahead = operation.queue.Ahead(ticket.caller, ticket.again);
  const absl::Duration for_rate = WaitForRate(operation.rate, ahead, Now());
  const absl::Duration for_shop = WaitForShop(operation.shop.in_flight, ahead);
  const absl::Duration for_connection = WaitForConnection(ahead);
  const absl::Duration wait = std::max({for_rate, for_shop, for_connection});
  if (ticket.deadline == MonotonicTime::max() || wait < absl::FromChrono(ticket.deadline - Now())) {
    return std::nullopt;
  }
  if (wait == for_rate)
    return RateRefusal(operation.name, ticket.subject.kind, operation.rate.per_second(), wait);
  const InFlightLimit& shop = operation.shop.in_flight;
  if (wait == for_shop) return SubjectRefusal(ticket.subject.kind, shop.in_flight(), shop.duration(), wait);
  return ConnectionsRefusal(in_flight_, durations_.mean(), wait);
}

// Waiting shops are served round-robin, so at most as many calls are ahead as shops wait.
absl::Duration Limiter::WaitForConnection(std::size_t ahead) const {
  if (ConnectionIsFree()) return absl::ZeroDuration();
  const std::size_t calls = std::min(queued_ + 1, (turns_.size() + 1) * (ahead + 1));
  return durations_.mean() * (static_cast<double>(calls) / static_cast<double>(options_.connections_max));
}

async::Task<Limiter::Admission> Limiter::WaitForTurn(ShopOperation& operation, CallTicket ticket,
                                                     std::stop_token stop) {
  const MonotonicTime since = Now();
  Waiting waiting(loop_, ticket, std::move(stop));
  operation.queue.Push(waiting, ticket.caller, ticket.again);
  ++queued_;
  ScheduleNext(operation.shop);
  const bool set = co_await waiting.event;
  if (!set) waiting.end.refusal = StoppedWaiting();
  if (waiting.queued()) {
    operation.queue.Remove(waiting);
    --queued_;
    ScheduleNext(operation.shop);
  }
  waiting.end.waited = absl::FromChrono(Now() - since);
  co_return std::move(waiting.end);
}

void Limiter::OnSent(Slot& slot) {
  slot.get_deleter().since = Now();
  slot.get_deleter().sent = true;
}

void Limiter::OnAnswer(const Slot& slot) {
  const auto& [operation, since, sent] = slot.get_deleter();
  operation->shop.in_flight.OnAnswer(absl::FromChrono(Now() - since));
  operation->rate.OnAccepted(Now());
  ScheduleNext(operation->shop);  // for files, the next call may start now if the shop may have one more
}

void Limiter::OnRateLimited(const Slot& slot, absl::Duration retry_after) {
  const auto& [operation, since, sent] = slot.get_deleter();
  operation->shop.in_flight.OnAnswer(absl::FromChrono(Now() - since));
  if (operation->rate.OnRefused(since, Now(), retry_after)) ++back_offs_;
}

void Limiter::OnNoAnswer(const Slot& slot) {
  const auto& [operation, since, sent] = slot.get_deleter();
  operation->shop.in_flight.OnSilence(absl::FromChrono(Now() - since), options_.silent_after);
}

Limiter::Slot Limiter::Grant(ShopOperation& operation) {
  const MonotonicTime now = Now();
  operation.shop.in_flight.Begin();
  ++in_flight_;
  const bool may_follow = operation.shop.in_flight.free() && ConnectionIsFree();
  operation.rate.OnSent(now, !operation.queue.empty() && may_follow);
  return Slot(this, EndCall{&operation, now, false});
}

void Limiter::Release(const EndCall& call) {
  Shop& shop = call.operation->shop;
  if (call.sent) {
    const absl::Duration lasted = absl::FromChrono(Now() - call.since);
    shop.in_flight.AddDuration(lasted);
    durations_.Add(lasted);
  }
  shop.in_flight.End();
  --in_flight_;
  ScheduleNext(shop);
}

bool Limiter::MaySend(const ShopOperation& operation) const {
  return operation.shop.in_flight.free() && operation.rate.NextAt() <= Now();
}

void Limiter::ScheduleNext(Shop& shop) {
  QueueUp(shop);
  ServeTurns();
}

// Queues the shop for a connection, or sets a timer for when its next call may be sent.
void Limiter::QueueUp(Shop& shop) {
  if (ReadyOperation(shop).has_value()) {
    if (!shop.turn.has_value()) shop.turn = turns_.insert(turns_.end(), &shop);
    return;
  }
  if (shop.turn.has_value()) turns_.erase(*shop.turn);
  shop.turn.reset();
  SetTimer(shop);
}

// Connections are shared round-robin: first over shops, then over a shop's operations.
void Limiter::ServeTurns() {
  while (ConnectionIsFree() && !turns_.empty()) {
    Shop& shop = *turns_.front();
    turns_.pop_front();
    shop.turn.reset();
    if (const auto ready = ReadyOperation(shop); ready.has_value()) {
      shop.next_operation = *ready + 1;
      Dispatch(*shop.operations[*ready]);
    }
    QueueUp(shop);
  }
}

// Returns the index of the operation whose next call may be sent.
std::optional<std::size_t> Limiter::ReadyOperation(const Shop& shop) const {
  const std::size_t count = shop.operations.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = (shop.next_operation + i) % count;
    const ShopOperation& operation = *shop.operations[at];
    if (!operation.queue.empty() && MaySend(operation)) return at;
  }
  return std::nullopt;
}

void Limiter::Dispatch(ShopOperation& operation) {
  Waiting& next = *TakeNext(operation);
  if (!next.event.Set()) return;  // it was stopped a moment ago
  if (next.ticket.deadline <= Now()) {
    next.end.refusal = TimeIsUp();
  } else {
    next.end.slot = Grant(operation);
  }
}

Limiter::Waiting* Limiter::TakeNext(ShopOperation& operation) {
  --queued_;
  return static_cast<Waiting*>(operation.queue.Pop());
}

// Sets a timer for the shop's next call. None is needed while calls at Shopee are what holds it back, since
// their end serves the shop again.
void Limiter::SetTimer(Shop& shop) {
  if (shop.timer.has_value()) loop_.CancelTimer(*shop.timer);
  shop.timer.reset();
  if (!shop.in_flight.free()) return;
  MonotonicTime due = MonotonicTime::max();
  for (const auto& operation : shop.operations) {
    if (!operation->queue.empty()) due = std::min(due, operation->rate.NextAt());
  }
  if (due == MonotonicTime::max()) return;
  shop.timer = loop_.AddTimer(due, [this, &shop] {
    shop.timer.reset();
    ScheduleNext(shop);
  });
}

void Limiter::RefuseWaiting(absl::string_view operation, const Refusal& refusal) {
  shops_.ForEach([&](ShopOperation& each) {
    if (!operation.empty() && each.name != operation) return;
    while (!each.queue.empty()) {
      Waiting& next = *TakeNext(each);
      if (next.event.Set()) next.end.refusal = refusal;
    }
    ScheduleNext(each.shop);
  });
}

Limiter::Snapshot Limiter::Counts() const {
  Snapshot counts{
      .queued = queued_, .in_flight = in_flight_, .operations = shops_.size(), .back_offs = back_offs_};
  const MonotonicTime now = Now();
  shops_.ForEach([&](const ShopOperation& operation) {
    const auto& backed_off_at = operation.rate.backed_off_at();
    const bool throttled =
        backed_off_at.has_value() && absl::FromChrono(now - *backed_off_at) < options_.idle_after;
    counts.throttled += throttled ? 1 : 0;
  });
  return counts;
}

double Limiter::Rate(subjects::Subject subject, absl::string_view operation) const {
  const ShopOperation* found = shops_.Find(subject, operation);
  return found == nullptr ? options_.rate.initial_rate : found->rate.per_second();
}

}  // namespace firstmile::limits

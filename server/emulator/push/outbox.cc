#include "emulator/push/outbox.h"

#include <absl/strings/str_cat.h>

#include <cstddef>

#include "emulator/push/limits.h"
#include "emulator/sign.h"

namespace emulator::push {
namespace {

PushRecord::Answer AnswerOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAccepted:
      return PushRecord::Answer::kAccepted;
    case Outcome::kHasBody:
      return PushRecord::Answer::kHasBody;
    case Outcome::kBadStatus:
      return PushRecord::Answer::kBadStatus;
    case Outcome::kNoAnswer:
      return PushRecord::Answer::kNone;
    case Outcome::kPending:
      break;
  }
  return PushRecord::Answer::kPending;
}

}  // namespace

Outbox::Outbox(std::string partner_key, std::string callback_url, std::function<int64_t()> now)
    : partner_key_(std::move(partner_key)),
      initial_url_(std::move(callback_url)),
      now_(std::move(now)),
      config_(InitialConfig()) {
  const MutexLock lock(&mutex_);
  UpdateEnabled();
}

Config Outbox::InitialConfig() const {
  Config config;
  config.callback_url = initial_url_;
  const std::vector<int> codes = KnownCodes();
  if (!initial_url_.empty()) config.on.insert(codes.begin(), codes.end());
  return config;
}

void Outbox::SetSender(Sender* sender) {
  sender_ = sender;
  Wake();
}

void Outbox::Wake() {
  ++version_;
  if (Sender* const sender = sender_) sender->Wake();
}

Subscription Outbox::subscription() const {
  const MutexLock lock(&mutex_);
  return {config_, health_.StatusAt(now_()), health_.suspended_at()};
}

void Outbox::Change(const ConfigChange& change) {
  {
    const MutexLock lock(&mutex_);
    change.Apply(config_);
    if (change.callback_url || !change.on.empty()) {
      if (health_.suspended()) health_.Restart();
    }
    UpdateEnabled();
  }
  Wake();
}

std::shared_ptr<const Verification> Outbox::Verify(const std::string& url) {
  Sender* const sender = sender_;
  if (sender == nullptr || verifying_.fetch_add(1) >= kMaxVerifications) {
    if (sender != nullptr) --verifying_;
    return nullptr;
  }
  auto verification = std::make_shared<Verification>(Outcome::kPending);
  sender->Send(SignedRequest(0, url, VerificationBody()), [this, verification](Outcome outcome) {
    *verification = outcome;
    --verifying_;
  });
  return verification;
}

bool Outbox::Wants(int code, int64_t shop_id) const {
  if (!enabled_) return false;
  const MutexLock lock(&mutex_);
  return config_.Wants(code, shop_id);
}

void Outbox::Add(Message message) {
  {
    const MutexLock lock(&mutex_);
    if (!enabled_ || !config_.Wants(message.code, message.shop_id)) return;
    Enqueue(std::move(message));
  }
  Wake();
}

bool Outbox::AddByHand(Message message) {
  {
    const MutexLock lock(&mutex_);
    if (config_.callback_url.empty()) return false;
    Enqueue(std::move(message));
  }
  Wake();
  return true;
}

void Outbox::LoseByHand(Message message) {
  const MutexLock lock(&mutex_);
  lost_.Add(std::move(message), now_());
  ++version_;
}

void Outbox::Enqueue(Message message) {
  const uint64_t id = ++added_;
  const int64_t now = now_();
  if (records_.size() == kMaxRemembered) records_.pop_front();
  PushRecord& record = records_.emplace_back();
  record.id = id;
  record.code = message.code;
  record.shop_id = message.shop_id;
  record.timestamp = message.timestamp;
  record.body = message.body;
  record.next_attempt_at = now;
  if (waiting_.size() + in_flight_.size() >= kMaxUndelivered) {
    lost_.Add(std::move(message), now);
    return SetState(id, PushRecord::State::kLost);
  }
  waiting_.emplace(std::pair(now, id), Waiting{std::move(message), 0});
}

PushRequest Outbox::SignedRequest(uint64_t id, const std::string& url, const std::string& body) const {
  return {id, url, emulator::Sign(partner_key_, absl::StrCat(url, "|", body)), body};
}

std::optional<PushRequest> Outbox::TakeDue() {
  const MutexLock lock(&mutex_);
  if (waiting_.empty() || in_flight_.size() >= kMaxInFlight) return std::nullopt;
  const auto first = waiting_.begin();
  const auto [due, id] = first->first;
  if (due > now_()) return std::nullopt;
  Waiting& sent = in_flight_[id];
  sent = std::move(first->second);
  ++sent.attempts;
  waiting_.erase(first);
  SetState(id, PushRecord::State::kInFlight);
  if (PushRecord* record = RecordOf(id)) record->attempts = sent.attempts;
  ++version_;
  return SignedRequest(id, config_.callback_url, sent.message.body);
}

void Outbox::Finish(uint64_t id, Outcome outcome) {
  const MutexLock lock(&mutex_);
  auto sent = in_flight_.extract(id);
  if (sent.empty()) return;       // Reset() was called in between
  fewer_in_flight_.notify_all();  // waiters check when the lock is free
  ++version_;
  if (PushRecord* record = RecordOf(id)) record->answer = AnswerOf(outcome);
  const bool accepted = outcome == Outcome::kAccepted;
  if (health_.Count(accepted, now_())) {
    DropWaiting();
    UpdateEnabled();
  }
  if (accepted) return SetState(id, PushRecord::State::kDelivered);
  Fail(id, std::move(sent.mapped()));
}

void Outbox::Fail(uint64_t id, Waiting waiting) {
  if (health_.suspended()) return SetState(id, PushRecord::State::kDropped);
  const int64_t now = now_();
  const auto failed = static_cast<std::size_t>(waiting.attempts);
  if (failed > kRetryAfter.size()) {
    lost_.Add(std::move(waiting.message), now);
    return SetState(id, PushRecord::State::kLost);
  }
  const int64_t due = now + kRetryAfter[failed - 1];
  waiting_.emplace(std::pair(due, id), std::move(waiting));
  SetState(id, PushRecord::State::kWaiting, due);
}

// Messages that are missed during a suspension are not sent later.
void Outbox::DropWaiting() {
  for (const auto& [key, waiting] : waiting_) SetState(key.second, PushRecord::State::kDropped);
  waiting_.clear();
}

void Outbox::UpdateEnabled() {
  enabled_ = !config_.callback_url.empty() && !health_.suspended();
}

void Outbox::ClockMoved() {
  if (enabled_) Wake();
}

LostPage Outbox::ReadLost() {
  const MutexLock lock(&mutex_);
  return lost_.Read(now_());
}

bool Outbox::ConfirmLost(int64_t last_message_id) {
  const MutexLock lock(&mutex_);
  return lost_.Confirm(last_message_id);
}

PushRecord* Outbox::RecordOf(uint64_t id) {
  if (records_.empty() || id < records_.front().id) return nullptr;
  return &records_[id - records_.front().id];
}

void Outbox::SetState(uint64_t id, PushRecord::State state, int64_t next_attempt_at) {
  PushRecord* const record = RecordOf(id);
  if (record == nullptr) return;
  record->state = state;
  record->next_attempt_at = next_attempt_at;
}

std::vector<PushRecord> Outbox::Records() const {
  const MutexLock lock(&mutex_);
  return {records_.begin(), records_.end()};
}

bool Outbox::Idle() const {
  return in_flight_.empty() && (waiting_.empty() || waiting_.begin()->first.first > now_());
}

bool Outbox::WaitUntilIdle(std::chrono::milliseconds at_most) const {
  // The analysis does not know that the wait holds the mutex while it calls the predicate.
  const MutexLock lock(&mutex_);
  const auto idle = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return Idle(); };
  return fewer_in_flight_.wait_for(mutex_, at_most, idle);
}

void Outbox::Reset() {
  {
    const MutexLock lock(&mutex_);
    config_ = InitialConfig();
    health_.Restart();
    lost_.Clear();
    waiting_.clear();
    in_flight_.clear();
    fewer_in_flight_.notify_all();
    records_.clear();
    UpdateEnabled();
  }
  Wake();
}

}  // namespace emulator::push

#include "emulator/push/outbox.h"

#include <absl/strings/str_cat.h>

#include <cstddef>

#include "emulator/gateway/sign.h"
#include "emulator/push/limits.h"

namespace emulator::push {
namespace {

PushRecord::Answer AnswerOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kTaken:
      return PushRecord::Answer::kTaken;
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
      first_url_(std::move(callback_url)),
      now_(std::move(now)),
      config_(FirstConfig()) {
  const MutexLock lock(&mutex_);
  UpdateListening();
}

Config Outbox::FirstConfig() const {
  Config config;
  config.callback_url = first_url_;
  const std::vector<int> codes = KnownCodes();
  if (!first_url_.empty()) config.on.insert(codes.begin(), codes.end());
  return config;
}

void Outbox::Attach(Carrier* carrier) {
  carrier_ = carrier;
  Wake();
}

void Outbox::Wake() {
  ++version_;
  if (Carrier* const carrier = carrier_) carrier->Wake();
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
    UpdateListening();
  }
  Wake();
}

std::shared_ptr<const Verification> Outbox::Verify(const std::string& url) {
  Carrier* const carrier = carrier_;
  if (carrier == nullptr || verifying_.fetch_add(1) >= kMostVerifications) {
    if (carrier != nullptr) --verifying_;
    return nullptr;
  }
  auto verification = std::make_shared<Verification>(Outcome::kPending);
  carrier->Carry(Seal(0, url, VerificationBody()), [this, verification](Outcome outcome) {
    *verification = outcome;
    --verifying_;
  });
  return verification;
}

bool Outbox::Wants(int code, int64_t shop_id) const {
  if (!listening_) return false;
  const MutexLock lock(&mutex_);
  return config_.Wants(code, shop_id);
}

void Outbox::Add(Message message) {
  {
    const MutexLock lock(&mutex_);
    if (!listening_ || !config_.Wants(message.code, message.shop_id)) return;
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

void Outbox::Enqueue(Message message) {
  const uint64_t id = ++added_;
  const int64_t now = now_();
  if (records_.size() == kMostRemembered) records_.pop_front();
  PushRecord& record = records_.emplace_back();
  record.id = id;
  record.code = message.code;
  record.shop_id = message.shop_id;
  record.timestamp = message.timestamp;
  record.body = message.body;
  record.next_attempt_at = now;
  if (waiting_.size() + in_flight_.size() >= kMostUndelivered) {
    lost_.Add(std::move(message), now);
    return Mark(id, PushRecord::State::kLost);
  }
  waiting_.emplace(std::pair(now, id), Waiting{std::move(message), 0});
}

Parcel Outbox::Seal(uint64_t id, const std::string& url, const std::string& body) const {
  return {id, url, gateway::Sign(partner_key_, absl::StrCat(url, "|", body)), body};
}

std::optional<Parcel> Outbox::TakeDue() {
  const MutexLock lock(&mutex_);
  if (waiting_.empty() || in_flight_.size() >= kMostInFlight) return std::nullopt;
  const auto first = waiting_.begin();
  const auto [due, id] = first->first;
  if (due > now_()) return std::nullopt;
  Waiting& sent = in_flight_[id];
  sent = std::move(first->second);
  ++sent.attempts;
  waiting_.erase(first);
  Mark(id, PushRecord::State::kInFlight);
  if (PushRecord* record = RecordOf(id)) record->attempts = sent.attempts;
  ++version_;
  return Seal(id, config_.callback_url, sent.message.body);
}

void Outbox::Finish(uint64_t id, Outcome outcome) {
  const MutexLock lock(&mutex_);
  auto sent = in_flight_.extract(id);
  if (sent.empty()) return;       // a reset came in between
  fewer_in_flight_.notify_all();  // whoever waits looks when the lock is free
  ++version_;
  if (PushRecord* record = RecordOf(id)) record->answer = AnswerOf(outcome);
  const bool taken = outcome == Outcome::kTaken;
  if (health_.Count(taken, now_())) {
    DropWaiting();
    UpdateListening();
  }
  if (taken) return Mark(id, PushRecord::State::kDelivered);
  Fail(id, std::move(sent.mapped()));
}

void Outbox::Fail(uint64_t id, Waiting waiting) {
  if (health_.suspended()) return Mark(id, PushRecord::State::kDropped);
  const int64_t now = now_();
  const auto failed = static_cast<std::size_t>(waiting.attempts);
  if (failed > kRetryAfter.size()) {
    lost_.Add(std::move(waiting.message), now);
    return Mark(id, PushRecord::State::kLost);
  }
  const int64_t due = now + kRetryAfter[failed - 1];
  waiting_.emplace(std::pair(due, id), std::move(waiting));
  Mark(id, PushRecord::State::kWaiting, due);
}

// What was missed while the pushes are switched off is not sent later.
void Outbox::DropWaiting() {
  for (const auto& [key, waiting] : waiting_) Mark(key.second, PushRecord::State::kDropped);
  waiting_.clear();
}

void Outbox::UpdateListening() {
  listening_ = !config_.callback_url.empty() && !health_.suspended();
}

void Outbox::ClockMoved() {
  if (listening_) Wake();
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

void Outbox::Mark(uint64_t id, PushRecord::State state, int64_t next_attempt_at) {
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
  // The analysis does not know that the wait holds the mutex whenever it looks.
  const MutexLock lock(&mutex_);
  const auto idle = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return Idle(); };
  return fewer_in_flight_.wait_for(mutex_, at_most, idle);
}

void Outbox::Reset() {
  {
    const MutexLock lock(&mutex_);
    config_ = FirstConfig();
    health_.Restart();
    lost_.Clear();
    waiting_.clear();
    in_flight_.clear();
    fewer_in_flight_.notify_all();
    records_.clear();
    UpdateListening();
  }
  Wake();
}

}  // namespace emulator::push

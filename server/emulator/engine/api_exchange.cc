#include "emulator/engine/api_exchange.h"

#include <utility>

namespace emulator::engine {
namespace {

using http::Step;

Step WaitFor(std::chrono::milliseconds delay) {
  return {Step::Kind::kWait, delay, {}};
}

std::string ShopOf(const http::Request& request) {
  const std::string* shop = request.Find("shop_id");
  return shop == nullptr ? "" : *shop;
}

}  // namespace

ApiExchange::ApiExchange(Engine& engine, http::Request request)
    : engine_(engine),
      request_(std::move(request)),
      sequence_(engine.ledger().Arrived(request_, engine.Now())),
      fault_(engine.faults().Take(request_.path, ShopOf(request_))) {}

ApiExchange::~ApiExchange() {
  engine_.ledger().Left(answered_);
}

http::Step ApiExchange::Next() {
  switch (phase_) {
    case Phase::kArrived:
      return Arrive();
    case Phase::kActing:
      return Act();
    case Phase::kAnswering:
      return Answer();
  }
  return {Step::Kind::kClose, {}, {}};
}

Step ApiExchange::Arrive() {
  phase_ = Phase::kActing;
  if (engine_.never_answer()) return {Step::Kind::kStaySilent, {}, {}};
  auto delay = engine_.latency();
  if (fault_ && !fault_->after_effect) delay += fault_->delay;
  return delay.count() > 0 ? WaitFor(delay) : Act();
}

bool ApiExchange::SkipsEffect() const {
  if (!fault_ || fault_->after_effect) return false;
  return fault_->action != Fault::Action::kDelay && fault_->action != Fault::Action::kTruncate;
}

Step ApiExchange::Act() {
  phase_ = Phase::kAnswering;
  if (!SkipsEffect()) answer_ = engine_.Perform(request_, sequence_);
  const bool waits = fault_ && fault_->after_effect && fault_->delay.count() > 0;
  return waits ? WaitFor(fault_->delay) : Answer();
}

Step ApiExchange::Answer() {
  if (!fault_) return {Step::Kind::kAnswer, {}, std::move(answer_)};
  switch (fault_->action) {
    case Fault::Action::kAnswer:
      engine_.ledger().Decided(sequence_, fault_->status, "(fault)", "");
      return {Step::Kind::kAnswer, {}, ScriptedAnswer()};
    case Fault::Action::kNeverAnswer:
      return {Step::Kind::kStaySilent, {}, {}};
    case Fault::Action::kClose:
      return {Step::Kind::kClose, {}, {}};
    case Fault::Action::kTruncate:
      answer_.send_at_most = fault_->bytes;
      break;
    case Fault::Action::kDelay:
      break;
  }
  return {Step::Kind::kAnswer, {}, std::move(answer_)};
}

http::Answer ApiExchange::ScriptedAnswer() const {
  http::Answer answer;
  answer.status = fault_->status;
  answer.content_type = fault_->content_type;
  answer.body = fault_->body;
  answer.headers = fault_->headers;
  return answer;
}

}  // namespace emulator::engine

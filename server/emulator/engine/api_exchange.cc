#include "emulator/engine/api_exchange.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <string>
#include <utility>

#include "emulator/engine/body_change.h"

namespace emulator::engine {
namespace {

using http::Step;

constexpr std::chrono::milliseconds kPollInterval{10};  // of a reply that waits for the callback's answer

Step WaitFor(std::chrono::milliseconds delay) {
  return {Step::Kind::kWait, delay, {}};
}

// From the query, or from the body of token calls.
std::string ShopOf(const http::Request& request) {
  if (const std::string* shop = request.Find("shop_id")) return *shop;
  if (!request.path.starts_with("/api/v2/auth/")) return "";
  boost::system::error_code error;
  const boost::json::value body = boost::json::parse(request.body, error);
  const boost::json::object* fields = error ? nullptr : body.if_object();
  const boost::json::value* shop = fields == nullptr ? nullptr : fields->if_contains("shop_id");
  return shop != nullptr && shop->is_int64() ? std::to_string(shop->get_int64()) : "";
}

}  // namespace

ApiExchange::ApiExchange(Engine& engine, http::Request request)
    : engine_(engine),
      request_(std::move(request)),
      stays_silent_(engine.never_answer()),
      fault_(engine.faults().Take(request_.path, ShopOf(request_))),
      sequence_(engine.request_log().Arrived(request_, engine.Now())) {}

ApiExchange::~ApiExchange() {
  engine_.request_log().Left(answered_);
}

http::Step ApiExchange::Next() {
  switch (phase_) {
    case Phase::kArrived:
      return Arrive();
    case Phase::kActing:
      return Act();
    case Phase::kPolling:
      return Poll();
    case Phase::kAnswering:
      return Answer();
    case Phase::kPausing:
      phase_ = Phase::kSending;
      return WaitFor(fault_->delay);
    case Phase::kSending:
      return SlowBody();
  }
  return {Step::Kind::kClose, {}, {}};
}

Step ApiExchange::Arrive() {
  phase_ = Phase::kActing;
  if (stays_silent_) return {Step::Kind::kStaySilent, {}, {}};
  auto delay = engine_.latency();
  if (fault_ && !fault_->after_effect && fault_->action != Fault::Action::kSlowBody) delay += fault_->delay;
  return delay.count() > 0 ? WaitFor(delay) : Act();
}

bool ApiExchange::SkipsEffect() const {
  if (!fault_ || fault_->after_effect) return false;
  switch (fault_->action) {
    case Fault::Action::kDelay:
    case Fault::Action::kTruncate:
    case Fault::Action::kSlowBody:
    case Fault::Action::kCutHead:
    case Fault::Action::kMutate:
      return false;
    default:
      return true;
  }
}

Step ApiExchange::Act() {
  if (SkipsEffect()) return AfterEffect();
  api::Reply reply = engine_.Perform(request_);
  if (!reply.poll) return HaveReply(reply);
  poll_ = std::move(reply.poll);
  phase_ = Phase::kPolling;
  return WaitFor(kPollInterval);
}

Step ApiExchange::Poll() {
  const std::optional<api::Reply> reply = poll_();
  return reply ? HaveReply(*reply) : WaitFor(kPollInterval);
}

Step ApiExchange::HaveReply(const api::Reply& reply) {
  answer_ = engine_.Conclude(reply, sequence_);
  return AfterEffect();
}

Step ApiExchange::AfterEffect() {
  phase_ = Phase::kAnswering;
  const bool waits = fault_ && fault_->after_effect && fault_->delay.count() > 0 &&
                     fault_->action != Fault::Action::kSlowBody;
  return waits ? WaitFor(fault_->delay) : Answer();
}

Step ApiExchange::Answer() {
  if (!fault_) return {Step::Kind::kAnswer, {}, std::move(answer_)};
  return FaultyAnswer();
}

Step ApiExchange::FaultyAnswer() {
  switch (fault_->action) {
    case Fault::Action::kAnswer:
      engine_.request_log().Decided(sequence_, fault_->status, "(fault)", "");
      return {Step::Kind::kAnswer, {}, ScriptedAnswer()};
    case Fault::Action::kError:
      return {Step::Kind::kAnswer, {}, engine_.Refuse(*fault_, sequence_)};
    case Fault::Action::kNeverAnswer:
      return {Step::Kind::kStaySilent, {}, {}};
    case Fault::Action::kClose:
      return {Step::Kind::kClose, {}, {}};
    case Fault::Action::kTruncate:
      answer_.send_at_most = fault_->bytes;
      break;
    case Fault::Action::kCutHead:
      answer_.head_at_most = fault_->bytes;
      break;
    case Fault::Action::kSlowBody: {
      phase_ = Phase::kPausing;
      Step head{Step::Kind::kBegin, {}, answer_};
      head.answer.promised_bytes = answer_.body.size();
      return head;
    }
    case Fault::Action::kMutate:
      answer_.body = ChangeBody(fault_->changes, answer_.body);
      break;
    case Fault::Action::kDelay:
      break;
  }
  return {Step::Kind::kAnswer, {}, std::move(answer_)};
}

Step ApiExchange::SlowBody() {
  if (sent_bytes_ >= answer_.body.size()) return {Step::Kind::kEnd, {}, {}};
  if (sent_bytes_ >= fault_->close_after) return {Step::Kind::kClose, {}, {}};
  Step part{Step::Kind::kPart, {}, {}};
  part.answer.body = answer_.body.substr(sent_bytes_, std::max<std::size_t>(fault_->bytes, 1));
  sent_bytes_ += part.answer.body.size();
  if (sent_bytes_ < answer_.body.size()) phase_ = Phase::kPausing;
  return part;
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

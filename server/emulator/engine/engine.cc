#include "emulator/engine/engine.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_format.h>

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "emulator/api/routes.h"
#include "emulator/auth/default_accounts.h"
#include "emulator/push/callback_url.h"
#include "emulator/scramble.h"
#include "emulator/world/default_world.h"
#include "emulator/world/seed_file.h"

namespace emulator::engine {
namespace {

Options WithClock(Options options) {
  if (!options.now) {
    options.now = [] {
      const auto since = std::chrono::system_clock::now().time_since_epoch();
      return int64_t{std::chrono::duration_cast<std::chrono::seconds>(since).count()};
    };
  }
  if (options.clock_offset.count() != 0) {
    options.now = [base = std::move(options.now), offset = options.clock_offset.count()] {
      return base() + offset;
    };
  }
  return options;
}

std::string CheckedPushUrl(const std::string& url) {
  if (!url.empty() && !push::ParseCallbackUrl(url)) {
    throw std::runtime_error("push_url must be an http:// URL: " + url);
  }
  return url;
}

}  // namespace

Engine::Engine(Options options)
    : options_(WithClock(std::move(options))),
      clock_(options_.clock, options_.now),
      settings_{options_.partner_id, Signer(options_.partner_key), options_.declared_ips},
      rate_limiter_(options_.rate_limit),
      faults_(options_.fault_seed),
      request_log_(options_.journal_length, options_.journal_body_bytes),
      pushes_(options_.partner_key, CheckedPushUrl(options_.push_url), [this] { return clock_.Now(); }),
      announcer_(pushes_, options_.partner_id),
      latency_ms_(options_.latency.count()),
      never_answer_(options_.never_answer),
      world_(NewWorld()) {
  world_->Observe(&announcer_);
}

std::unique_ptr<World> Engine::NewWorld() const {
  WorldRules rules;
  rules.numbers_per_day = options_.numbers_per_day;
  rules.orders_per_number = options_.orders_per_number;
  rules.courier_number_delay = options_.courier_number_delay.count();
  rules.delays = options_.delays;
  rules.seed = options_.seed;
  rules.now = [this] { return clock_.Now(); };
  rules.tokens = {options_.access_token_life.count(), options_.refresh_token_life.count(),
                  options_.token_grace.count(), options_.code_life.count(),
                  options_.spent_refresh_grace.count()};
  rules.redirect_domain = options_.redirect_domain;
  auto world = std::make_unique<World>(std::move(rules));
  world::BuildDefaultWorld(options_, *world);
  const std::string wrong = world::LoadSeed(options_.seed_json, *world);
  if (!wrong.empty()) throw std::runtime_error("seed: " + wrong);
  auth::BuildDefaultAccounts(*world);
  world->StartMoving();
  return world;
}

// Callers may sign with the system's time or with Shopee's. The one nearer to the timestamp is used.
int64_t Engine::CallerNow(const http::Request& request) const {
  const int64_t now = clock_.Now();
  const int64_t base = clock_.BaseNow();
  const std::string* text = request.Find("timestamp");
  int64_t timestamp = 0;
  if (text == nullptr || text->size() > 10 || !absl::SimpleAtoi(*text, &timestamp)) return now;
  return std::llabs(timestamp - base) < std::llabs(timestamp - now) ? base : now;
}

void Engine::AdvanceClock(int64_t seconds) {
  clock_.Advance(seconds);
  CatchUp();
  pushes_.ClockMoved();
}

api::Reply Engine::Perform(const http::Request& request) {
  gateway::Admission admission = gateway::CheckCaller(settings_, request, CallerNow(request));
  api::Reply reply;
  if (!admission.refusal) {
    const MutexLock lock(&mutex_);
    world_->CatchUp();
    gateway::CheckSubject(request, *world_, admission);
    if (!admission.refusal) gateway::CheckRate(request, rate_limiter_, admission);
    if (!admission.refusal) return api::Run(*admission.route, request, *world_, admission.caller, &pushes_);
  }
  reply = std::move(*admission.refusal);
  reply.message_is_msg = admission.route != nullptr && admission.route->message_is_msg;
  return reply;
}

http::Answer Engine::Conclude(const api::Reply& reply, uint64_t sequence) {
  const std::string request_id = NewRequestId();
  request_log_.Decided(sequence, reply.http_status, reply.error, request_id);
  return api::Render(reply, request_id);
}

http::Answer Engine::Refuse(const Fault& fault, uint64_t sequence) {
  api::Reply reply = api::Failure(fault.error, fault.message);
  reply.http_status = fault.status;
  http::Answer answer = Conclude(reply, sequence);
  answer.headers = fault.headers;
  return answer;
}

// 32 hex digits; the first 16 are unique within one engine.
std::string Engine::NewRequestId() {
  const uint64_t count = ++request_ids_;
  return absl::StrFormat("%016x%016x", Scramble(count), Scramble(count ^ static_cast<uint64_t>(Now()) << 20));
}

void Engine::Reset() {
  clock_.Restart();
  auto fresh = NewWorld();
  {
    const MutexLock lock(&mutex_);
    pushes_.Reset();  // under the lock, so that the old world cannot add to it afterwards
    fresh->Observe(&announcer_);
    world_.swap(fresh);
  }
  faults_.Clear();
  request_log_.Reset();
  rate_limiter_.Reset();
  latency_ms_ = options_.latency.count();
  never_answer_ = options_.never_answer;
}

void Engine::WithWorld(const std::function<void(World&)>& edit) {
  const MutexLock lock(&mutex_);
  world_->CatchUp();
  edit(*world_);
}

}  // namespace emulator::engine

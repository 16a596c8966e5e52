#include "emulator/engine/engine.h"

#include <absl/strings/str_format.h>

#include <utility>

#include "emulator/api/routes.h"
#include "emulator/world/default_world.h"

namespace emulator::engine {
namespace {

Options WithClock(Options options) {
  if (!options.now) {
    options.now = [] {
      const auto since = std::chrono::system_clock::now().time_since_epoch();
      return int64_t{std::chrono::duration_cast<std::chrono::seconds>(since).count()};
    };
  }
  return options;
}

// A bijection of 64-bit numbers that looks random (the splitmix64 finalizer).
uint64_t Scramble(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

}  // namespace

Engine::Engine(Options options)
    : options_(WithClock(std::move(options))),
      settings_{options_.partner_id, options_.partner_key, options_.declared_ips},
      ledger_(options_.journal_length, options_.journal_body_bytes),
      latency_ms_(options_.latency.count()),
      never_answer_(options_.never_answer),
      world_(NewWorld()) {}

std::unique_ptr<World> Engine::NewWorld() const {
  WorldRules rules;
  rules.numbers_per_day = options_.numbers_per_day;
  rules.orders_per_number = options_.orders_per_number;
  rules.courier_number_delay = options_.courier_number_delay.count();
  rules.now = options_.now;
  auto world = std::make_unique<World>(std::move(rules));
  world::BuildDefaultWorld(options_, *world);
  return world;
}

api::Reply Engine::Decide(const http::Request& request) {
  gateway::Admission admission = gateway::CheckCaller(settings_, request, Now());
  api::Reply reply;
  if (!admission.refusal) {
    const absl::MutexLock lock(&mutex_);
    gateway::CheckShop(request, *world_, admission);
    if (!admission.refusal) return api::Run(*admission.route, request, *world_, *admission.shop);
  }
  reply = std::move(*admission.refusal);
  reply.message_is_msg = admission.route != nullptr && admission.route->message_is_msg;
  return reply;
}

http::Answer Engine::Perform(const http::Request& request, uint64_t sequence) {
  const api::Reply reply = Decide(request);
  const std::string request_id = NewRequestId();
  ledger_.Decided(sequence, reply.http_status, reply.error, request_id);
  return api::Render(reply, request_id);
}

// 32 hex digits; the first half never repeats within one engine.
std::string Engine::NewRequestId() {
  const uint64_t count = ++request_ids_;
  return absl::StrFormat("%016x%016x", Scramble(count), Scramble(count ^ static_cast<uint64_t>(Now()) << 20));
}

void Engine::Reset() {
  auto fresh = NewWorld();
  {
    const absl::MutexLock lock(&mutex_);
    world_.swap(fresh);
  }
  faults_.Clear();
  ledger_.Reset();
  latency_ms_ = options_.latency.count();
  never_answer_ = options_.never_answer;
}

void Engine::WithWorld(const std::function<void(World&)>& edit) {
  const absl::MutexLock lock(&mutex_);
  edit(*world_);
}

}  // namespace emulator::engine

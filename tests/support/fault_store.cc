#include "support/fault_store.h"

#include <chrono>

namespace firstmile::testing {

void FaultStore::Fail(Call call, absl::Status error, When when, int times, int passed) {
  const std::lock_guard lock(mutex_);
  states_[call].fault = Fault{.error = std::move(error), .when = when, .times = times, .passed = passed};
}

void FaultStore::Hold(Call call) {
  const std::lock_guard lock(mutex_);
  states_[call].held = true;
}

void FaultStore::Release(Call call) {
  const std::lock_guard lock(mutex_);
  states_[call].held = false;
  changed_.notify_all();
}

void FaultStore::Heal() {
  const std::lock_guard lock(mutex_);
  for (auto& [call, state] : states_) {
    state.held = false;
    state.fault.reset();
  }
  changed_.notify_all();
}

bool FaultStore::AwaitHeld(Call call, int calls) {
  std::unique_lock lock(mutex_);
  const auto give_up = std::chrono::system_clock::now() + std::chrono::seconds(20);
  return changed_.wait_until(lock, give_up, [&] { return states_[call].waiting >= calls; });
}

int FaultStore::HeldCalls() const {
  const std::lock_guard lock(mutex_);
  int held = 0;
  for (const auto& [call, state] : states_) held += state.held ? state.waiting : 0;
  return held;
}

int FaultStore::Calls(Call call) const {
  const std::lock_guard lock(mutex_);
  const auto state = states_.find(call);
  return state == states_.end() ? 0 : state->second.calls;
}

std::optional<FaultStore::Fault> FaultStore::Enter(Call call) {
  std::unique_lock lock(mutex_);
  State& state = states_[call];
  ++state.calls;
  ++state.waiting;
  changed_.notify_all();
  changed_.wait(lock, [&] { return !state.held; });
  --state.waiting;
  if (!state.fault || state.fault->times == 0) return std::nullopt;
  if (state.fault->passed > 0) {
    --state.fault->passed;
    return std::nullopt;
  }
  --state.fault->times;
  return state.fault;
}

template <typename Real>
auto FaultStore::Through(Call call, Real real) -> decltype(real()) {
  const std::optional<Fault> fault = Enter(call);
  if (fault && fault->when == When::kInstead) return fault->error;
  auto answer = real();
  if (fault) return fault->error;
  return answer;
}

absl::StatusOr<std::optional<tokens::StoredRecord>> FaultStore::Read(const std::string& key) {
  return Through(Call::kRead, [&] { return store_->Read(key); });
}

absl::StatusOr<tokens::Version> FaultStore::Write(const std::string& key, const std::string& bytes,
                                                  tokens::Version expected) {
  return Through(Call::kWrite, [&] { return store_->Write(key, bytes, expected); });
}

absl::Status FaultStore::Erase(const std::string& key, tokens::Version expected) {
  return Through(Call::kErase, [&] { return store_->Erase(key, expected); });
}

absl::StatusOr<std::vector<std::pair<std::string, tokens::StoredRecord>>> FaultStore::List(
    const std::string& after, int limit) {
  return Through(Call::kList, [&] { return store_->List(after, limit); });
}

}  // namespace firstmile::testing

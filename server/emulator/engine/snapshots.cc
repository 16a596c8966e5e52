#include <utility>

#include "emulator/engine/engine.h"

namespace emulator::engine {

bool Engine::TakeSnapshot(const std::string& name) {
  const MutexLock lock(&mutex_);
  if (!snapshots_.contains(name) && snapshots_.size() >= kMaxSnapshots) return false;
  world_->CatchUp();
  snapshots_[name] = world_->Clone();
  return true;
}

bool Engine::RestoreSnapshot(const std::string& name) {
  std::unique_ptr<World> old;  // freed after the lock is released: a world can be large
  const MutexLock lock(&mutex_);
  const auto it = snapshots_.find(name);
  if (it == snapshots_.end()) return false;
  old = std::exchange(world_, it->second->Clone());
  world_->Observe(&announcer_);
  return true;
}

void Engine::ForgetSnapshots() {
  std::map<std::string, std::unique_ptr<const World>> old;
  const MutexLock lock(&mutex_);
  old.swap(snapshots_);
}

std::vector<std::string> Engine::SnapshotNames() const {
  const MutexLock lock(&mutex_);
  std::vector<std::string> names;
  names.reserve(snapshots_.size());
  for (const auto& [name, world] : snapshots_) names.push_back(name);
  return names;
}

}  // namespace emulator::engine

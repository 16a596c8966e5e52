#include "emulator/engine/fault_list.h"

#include <utility>

namespace emulator::engine {
namespace {

constexpr double kTwoTo53 = 9007199254740992.0;

bool Matches(const Fault& fault, const std::string& path, const std::string& shop_id) {
  return (fault.path.empty() || fault.path == path) &&
         (fault.shop_id == 0 || std::to_string(fault.shop_id) == shop_id);
}

}  // namespace

bool FaultList::Add(Fault fault) {
  const MutexLock lock(&mutex_);
  if (faults_.size() >= kMaxFaults) return false;
  fault.id = next_id_++;
  faults_.push_back(std::move(fault));
  empty_ = false;
  ++version_;
  return true;
}

bool FaultList::Remove(uint64_t id) {
  const MutexLock lock(&mutex_);
  const std::size_t removed = std::erase_if(faults_, [id](const Fault& fault) { return fault.id == id; });
  empty_ = faults_.empty();
  ++version_;
  return removed > 0;
}

void FaultList::Clear() {
  const MutexLock lock(&mutex_);
  faults_.clear();
  random_.seed(seed_);
  empty_ = true;
  ++version_;
}

// Gives the same draws on every machine, unlike the standard distributions.
bool FaultList::Draw(double probability) {
  if (probability >= 1) return true;
  return static_cast<double>(random_() >> 11) / kTwoTo53 < probability;
}

std::optional<Fault> FaultList::Take(const std::string& path, const std::string& shop_id) {
  if (empty_) return std::nullopt;
  const MutexLock lock(&mutex_);
  for (Fault& fault : faults_) {
    if (fault.times == 0 || !Matches(fault, path, shop_id)) continue;
    ++version_;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    if (!Draw(fault.probability)) continue;
    if (fault.times > 0) --fault.times;
    ++fault.acted;
    return fault;
  }
  return std::nullopt;
}

std::vector<Fault> FaultList::All() const {
  const MutexLock lock(&mutex_);
  return faults_;
}

}  // namespace emulator::engine

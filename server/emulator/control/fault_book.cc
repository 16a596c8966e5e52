#include "emulator/control/fault_book.h"

#include <utility>

namespace emulator::control {
namespace {

bool Matches(const Fault& fault, const std::string& path, const std::string& shop_id) {
  return (fault.path.empty() || fault.path == path) &&
         (fault.shop_id == 0 || std::to_string(fault.shop_id) == shop_id);
}

}  // namespace

void FaultBook::Add(Fault fault) {
  const absl::MutexLock lock(&mutex_);
  faults_.push_back(std::move(fault));
}

void FaultBook::Clear() {
  const absl::MutexLock lock(&mutex_);
  faults_.clear();
}

std::optional<Fault> FaultBook::Take(const std::string& path, const std::string& shop_id) {
  const absl::MutexLock lock(&mutex_);
  for (Fault& fault : faults_) {
    if (fault.times == 0 || !Matches(fault, path, shop_id)) continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    if (fault.times > 0) --fault.times;
    return fault;
  }
  return std::nullopt;
}

std::vector<Fault> FaultBook::All() const {
  const absl::MutexLock lock(&mutex_);
  return faults_;
}

}  // namespace emulator::control

// The faults that are set, in order. Thread safe.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <optional>
#include <string>
#include <vector>

#include "emulator/emulator.h"

namespace emulator::control {

class FaultBook {
 public:
  void Add(Fault fault);
  void Clear();
  // The fault that acts on this request, if any; counts it down.
  std::optional<Fault> Take(const std::string& path, const std::string& shop_id);
  std::vector<Fault> All() const;  // with skip and times as they stand now

 private:
  mutable absl::Mutex mutex_;
  std::vector<Fault> faults_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace emulator::control

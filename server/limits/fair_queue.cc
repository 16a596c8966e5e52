#include "limits/fair_queue.h"

#include <algorithm>

namespace firstmile::limits {

void FairQueue::Push(Call& call, absl::string_view caller, bool first) {
  const auto known = callers_.find(caller);
  Caller* owner = known == callers_.end() ? nullptr : known->second;
  if (owner == nullptr) {
    owner = &turns_.emplace_back();
    owner->name = std::string(caller);
    owner->turn = std::prev(turns_.end());
    callers_.emplace(owner->name, owner);
  }
  call.position_ = owner->calls.insert(first ? owner->calls.begin() : owner->calls.end(), &call);
  call.caller_ = owner;
  ++size_;
}

FairQueue::Call* FairQueue::Pop() {
  if (turns_.empty()) return nullptr;
  Call* call = turns_.front().calls.front();
  turns_.splice(turns_.end(), turns_, turns_.begin());
  Remove(*call);
  return call;
}

void FairQueue::Remove(Call& call) {
  Caller* owner = call.caller_;
  owner->calls.erase(call.position_);
  call.caller_ = nullptr;
  --size_;
  if (!owner->calls.empty()) return;
  callers_.erase(owner->name);
  turns_.erase(owner->turn);
}

std::size_t FairQueue::Ahead(absl::string_view caller, bool first) const {
  const auto known = callers_.find(caller);
  const std::size_t own = known == callers_.end() || first ? 0 : known->second->calls.size();
  const std::size_t others = callers_.size() - (known == callers_.end() ? 0 : 1);
  return std::min(size_, own + others * (own + 1));
}

}  // namespace firstmile::limits

// A value that is made when it is first asked for: most callers use few of the contract's rpcs.
//
// Thread-safe: one thread makes the value, and others that ask meanwhile wait for it.
#pragma once

#include <mutex>
#include <optional>

namespace firstmile::endpoints {

template <typename Value>
class OnFirstUse {
 public:
  // Only the first caller's `make` is called. The value lives as long as this object.
  template <typename Make>
  const Value& Get(const Make& make) const {
    std::call_once(once_, [&] { value_.emplace(make()); });
    return *value_;
  }

 private:
  mutable std::once_flag once_;
  mutable std::optional<Value> value_;
};

}  // namespace firstmile::endpoints

// The shops and merchants that a limiter remembers, up to a limit.
//
// Not thread-safe; use it only on its event loop.
#pragma once

#include <functional>
#include <list>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "limits/limits_options.h"
#include "limits/shop.h"
#include "subjects/subject.h"

namespace firstmile::limits {

class ShopMap {
 public:
  // `options` outlive the map.
  explicit ShopMap(const LimiterOptions& options) : options_(options) {}

  // Returns the entry, creating it if needed. Drops shops idle for options.idle_after, and the least recently
  // used idle one when the map is full. Null when it is full of shops in use. The entry stays valid until its
  // shop is idle.
  ShopOperation* Use(subjects::Subject subject, absl::string_view operation, transport::MonotonicTime now);

  // Null when there is none.
  const ShopOperation* Find(subjects::Subject subject, absl::string_view operation) const;

  void ForEach(const std::function<void(ShopOperation&)>& work) const;

  std::size_t size() const { return operations_; }  // (shop, operation) pairs

 private:
  void ForgetOld(transport::MonotonicTime now);
  bool ForgetOne(transport::MonotonicTime now);
  void Renew(Shop& shop, transport::MonotonicTime now);
  void Forget(Shop& shop);

  const LimiterOptions& options_;
  absl::flat_hash_map<subjects::Subject, std::unique_ptr<Shop>> shops_;
  std::list<Shop*> by_use_;  // the front is the least recently used
  std::size_t operations_ = 0;
};

}  // namespace firstmile::limits

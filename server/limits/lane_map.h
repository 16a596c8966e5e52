// The lanes of all shops, in the order of their use, bounded.
//
// Belongs to its loop's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "limits/lane.h"
#include "limits/limits_options.h"

namespace firstmile::limits {

class LaneMap {
 public:
  // Both outlive the map.
  LaneMap(const LimiterOptions& options, transport::EventLoop& loop) : options_(options), loop_(loop) {}

  // Null when there is none.
  Lane* Find(std::int64_t shop_id, absl::string_view operation) const;

  // Makes the lane where there is none; null when the map is full of lanes in use. A lane stays where it is
  // until it is empty.
  Lane* Use(std::int64_t shop_id, absl::string_view operation, transport::MonotonicTime now);

  void ForEach(const std::function<void(Lane&)>& work) const;
  std::size_t size() const { return by_use_.size(); }

 private:
  bool Idle(const Lane& lane, transport::MonotonicTime now) const;
  void DropOld(transport::MonotonicTime now);
  bool DropIdle(transport::MonotonicTime now);
  void Drop(Lane& lane);

  const LimiterOptions& options_;
  transport::EventLoop& loop_;
  absl::flat_hash_map<std::int64_t, std::unique_ptr<Shop>> shops_;
  std::list<Lane*> by_use_;  // the front was used longest ago
};

}  // namespace firstmile::limits

// Waiting calls, round-robin over callers; the calls of one caller are first in, first out.
//
// Not thread-safe.
#pragma once

#include <cstddef>
#include <list>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace firstmile::limits {

class FairQueue {
  struct Caller;

 public:
  // A waiting call. Its owner removes it from the queue before destroying it.
  class Call {
   public:
    bool queued() const { return caller_ != nullptr; }

   private:
    friend class FairQueue;
    Caller* caller_ = nullptr;
    std::list<Call*>::iterator position_;
  };

  FairQueue() = default;
  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;

  // `first`: ahead of the caller's other calls.
  void Push(Call& call, absl::string_view caller, bool first);

  // Removes and returns the next call; null when none waits.
  Call* Pop();
  void Remove(Call& call);

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // How many calls would be sent before a new one.
  std::size_t Ahead(absl::string_view caller, bool first) const;

 private:
  struct Caller {
    std::string name;
    std::list<Call*> calls;  // never empty
    std::list<Caller>::iterator turn;
  };

  std::list<Caller> turns_;                                  // the front caller is next
  absl::flat_hash_map<absl::string_view, Caller*> callers_;  // by names in turns_
  std::size_t size_ = 0;
};

}  // namespace firstmile::limits

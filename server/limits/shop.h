// The limiter's state of one shop, or of a merchant that calls for itself, and of its operations.
//
// Plain data; belongs to its limiter.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "limits/adaptive_rate.h"
#include "limits/fair_queue.h"
#include "limits/in_flight_limit.h"
#include "subjects/subject.h"
#include "transport/event_loop.h"

namespace firstmile::limits {

struct Shop;

struct ShopOperation {
  ShopOperation(Shop& s, absl::string_view n, const RateOptions& options) : shop(s), name(n), rate(options) {}

  Shop& shop;
  const absl::string_view name;
  AdaptiveRate rate;
  FairQueue queue;
};

struct Shop {
  Shop(subjects::Subject who, int in_flight_max) : subject(who), in_flight(in_flight_max) {}

  bool idle() const {
    if (in_flight.in_flight() > 0) return false;
    for (const auto& operation : operations) {
      if (!operation->queue.empty()) return false;
    }
    return true;
  }

  const subjects::Subject subject;
  InFlightLimit in_flight;
  std::vector<std::unique_ptr<ShopOperation>> operations;
  std::size_t next_operation = 0;                      // to serve next
  std::optional<std::list<Shop*>::iterator> turn;      // set: it waits for a connection
  std::optional<transport::EventLoop::TimerId> timer;  // set: it is served when the timer fires
  transport::MonotonicTime last_used;
  std::list<Shop*>::iterator by_use;
};

}  // namespace firstmile::limits

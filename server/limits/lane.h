// What the limiter knows of one shop and operation, and of one shop.
//
// Belongs to its loop's thread.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "limits/fair_queue.h"
#include "limits/fleet_share.h"
#include "limits/limits_options.h"
#include "limits/places.h"
#include "limits/rate_curve.h"
#include "limits/recent_count.h"
#include "transport/event_loop.h"

namespace firstmile::limits {

struct Shop;

struct Lane {
  Lane(Shop& s, absl::string_view name, const RateOptions& options)
      : shop(s), operation(name), curve(options) {}

  // When the next call may leave for the rate's sake; in the past, or now, when it may leave now.
  transport::MonotonicTime NextAt(transport::MonotonicTime now, const RateOptions& options) const;
  // `pressed`: another call waits, and for nothing but the rate.
  void OnSent(transport::MonotonicTime now, bool pressed);
  // False: the call left before the last back-off, whose cause it shares.
  bool OnRefused(transport::MonotonicTime sent_at, transport::MonotonicTime now, absl::Duration asked_rest,
                 const RateOptions& options);
  bool WindowIsOpen() const { return curve.learned().has_value() || in_flight < window; }
  bool empty() const { return queue.empty() && in_flight == 0 && (share == nullptr || !share->busy()); }
  // The next call waits for a permit of the fleet.
  bool NeedsPermit(transport::MonotonicTime now) const {
    return share != nullptr && share->Governs(now) && !share->HasPermit(now);
  }

  Shop& shop;
  const absl::string_view operation;
  RateCurve curve;
  RecentCount accepted;
  std::unique_ptr<FleetShare> share;  // from the first refusal on, where there is a fleet
  FairQueue queue;
  int in_flight = 0;
  double window = 0;                    // calls in flight until the first refusal
  transport::MonotonicTime next_slot;   // when a call that follows the last one at the rate's distance leaves
  transport::MonotonicTime rest_until;  // after a refusal
  transport::MonotonicTime last_used;
  std::list<Lane*>::iterator place;  // in the order of use
};

struct Shop {
  Shop(transport::EventLoop& l, std::int64_t shop_id, int places_max)
      : loop(l), id(shop_id), places(places_max) {}
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;
  ~Shop() {
    if (timer.has_value()) loop.CancelTimer(*timer);
  }

  transport::EventLoop& loop;
  const std::int64_t id;
  Places places;
  std::vector<std::unique_ptr<Lane>> lanes;
  std::size_t next_turn = 0;                           // the lane that is asked first
  std::optional<transport::EventLoop::TimerId> timer;  // set: it pumps then
};

}  // namespace firstmile::limits

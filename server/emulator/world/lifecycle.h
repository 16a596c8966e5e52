// Moves parcels: a shipped package gets its number; a bound package is collected, arrives and is delivered;
// its order completes. Only packages that are shipped or bound after Start() move. Not thread safe.
//
// The schedule is bounded by the size of the world: at most one document and three other events per package,
// one collection and one arrival per first-mile number, one code per courier binding, one midnight,
// three events per booking, and the plans.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/time/schedule.h"
#include "emulator/world/delays.h"
#include "emulator/world/entities.h"
#include "emulator/world/order_events.h"

namespace emulator {

class World;

// An event of one order, or of one of its packages.
struct OrderChange {
  Row order = kNoRow;
  world::OrderEvent event = world::OrderEvent::kPay;
  Row package = kNoRow;  // kNoRow: every package to which it can happen
  std::string reason;    // of a cancellation
};

class Lifecycle {
 public:
  static constexpr std::size_t kMostPlans = 1'000'000;

  Lifecycle(const Delays& delays, uint64_t seed) : delays_(delays), seed_(seed) {}

  void Start() { moving_ = true; }
  // Makes it happen now, and plans what follows from it. False if it cannot happen to the order, or to the
  // package if one is named.
  bool Apply(World& world, const OrderChange& change);
  // Applies it at that time, if it can happen then. False if there are kMostPlans already.
  bool Plan(OrderChange change, int64_t at);
  void OnBind(World& world, Row number);
  void ScheduleCourierNumber(Row binding, int64_t at);  // when the number of a new binding becomes visible
  void ScheduleMidnights(int64_t now);                  // notifies the observer at every midnight from now on
  // Starts printing, unless the same document exists or is being printed.
  void PrintDocument(World& world, Row package, std::string_view type);

  // Runs all events due by `now`, each at its own time.
  void CatchUp(World& world, int64_t now);

  // Plans an event of a booking after `delay` or up to half of it more.
  void PlanBooking(int64_t from, std::chrono::seconds delay, time::EventKind kind, Row booking);
  // A document that is there from the beginning.
  void SetDocument(Row package, Document document) { documents_[package] = std::move(document); }

  Milestones MilestonesOf(Row package) const;
  const Cancellation* CancellationOf(Row order) const;  // null if nobody asked for one
  const Document* DocumentOf(Row package) const;        // null if none was requested
  std::size_t planned() const { return schedule_.size(); }

 private:
  int64_t Draw(std::chrono::seconds delay, time::EventKind kind, Row row) const;
  void Run(World& world, const time::Event& event);
  bool ApplyAt(World& world, const OrderChange& change, int64_t at);
  void MovePackage(World& world, Row package, LogisticsStatus status, int64_t at);
  void OnRequested(World& world, Row package, int64_t at);
  void OnPickedUp(World& world, Row package, int64_t at);
  void NoteCancellation(const OrderChange& change, OrderStatus status);
  void AssignNumber(World& world, Row package, int64_t at);
  void FinishDocument(const World& world, Row package, int64_t at);
  void BeginDay(World& world, int64_t at);
  void Collect(World& world, Row number, int64_t at);
  void Arrive(World& world, Row number, int64_t at);

  const Delays delays_;
  const uint64_t seed_;
  bool moving_ = false;
  bool has_midnights_ = false;
  time::Schedule schedule_;
  absl::flat_hash_map<Row, Milestones> milestones_;       // of packages that moved
  absl::flat_hash_map<Row, Document> documents_;          // by package
  absl::flat_hash_map<Row, Cancellation> cancellations_;  // by order
  std::vector<OrderChange> plans_;                        // in the order in which they were made
};

}  // namespace emulator

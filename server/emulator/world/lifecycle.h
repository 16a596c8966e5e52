// Moves parcels: a shipped package gets its number, what is bound is collected, arrives, is delivered, and
// its order completes. Only what a caller ships or binds after Start is moved. Not thread safe.
//
// Bounded by the world: a package has at most one document and one other event in the schedule, a first-mile
// number one collection and a courier binding its code; there is one midnight; each arrival stands for a
// package that was collected once.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/time/schedule.h"
#include "emulator/world/delays.h"
#include "emulator/world/entities.h"

namespace emulator {

class World;

class Lifecycle {
 public:
  Lifecycle(const Delays& delays, uint64_t seed) : delays_(delays), seed_(seed) {}

  void Start() { moving_ = true; }
  void ArrangeShipment(World& world, Row package);
  void OnBind(World& world, Row number);
  void AwaitCode(Row binding, int64_t at);  // the courier gives the number of a new binding then
  void CountDays(int64_t now);              // tells the world's observer of every midnight to come
  // Begins to print, unless the same document exists or is under way.
  void PrintDocument(World& world, Row package, std::string_view type);

  // Runs all events up to `now`, each at its own time.
  void CatchUp(World& world, int64_t now);

  Milestones MilestonesOf(Row package) const;
  const Document* DocumentOf(Row package) const;  // null: nobody asked for one
  std::size_t planned() const { return schedule_.size(); }

 private:
  int64_t Draw(std::chrono::seconds delay, time::EventKind kind, Row row) const;
  void Run(World& world, const time::Event& event);
  void AssignNumber(World& world, Row package, int64_t at);
  void FinishDocument(const World& world, Row package, int64_t at);
  void BeginDay(World& world, int64_t at);
  void Collect(World& world, Row number, int64_t at);
  void Arrive(World& world, Row number, int64_t at);
  void Deliver(World& world, Row package, int64_t at);

  const Delays delays_;
  const uint64_t seed_;
  bool moving_ = false;
  bool counts_days_ = false;
  time::Schedule schedule_;
  absl::flat_hash_map<Row, Milestones> milestones_;  // of packages that moved
  absl::flat_hash_map<Row, Document> documents_;     // by package
};

}  // namespace emulator

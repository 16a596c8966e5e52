// Finds which of a request's orders appear in Shopee's lists.
//
// Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "firstmile/v1/common.pb.h"

namespace firstmile::read_back {

class OrderSearch {
 public:
  using Keys = google::protobuf::RepeatedPtrField<v1::OrderKey>;

  // `wanted` outlives the search.
  explicit OrderSearch(const Keys& wanted)
      : wanted_(wanted), seen_(static_cast<std::size_t>(wanted.size())) {}

  // Compares one row; returns whether it belongs to one of the orders. An order requested without a package
  // has only one; a row without a package stands for one of its order's requested packages.
  bool Add(const std::string& order_sn, const std::string& package_number);

  template <typename Rows>
  void AddAll(const Rows& rows) {
    for (const auto& row : rows) Add(row.order_sn(), row.package_number());
  }

  // True when a row belonged to one of the orders.
  bool any() const { return any_; }
  std::size_t found() const;
  bool all() const { return found() == seen_.size(); }

  // False when rows without a package leave open which packages of an order were seen.
  bool is_clear() const;

  // Fills one outcome for each order: SUCCEEDED if it was seen (if not seen, with `done_when_seen` false),
  // UNREPORTED otherwise and where it is not clear. Returns how many succeeded.
  int FillOutcomes(bool done_when_seen, google::protobuf::RepeatedPtrField<v1::OrderOutcome>* outcomes) const;

 private:
  enum class Sight { kNone, kSeen, kUnclear };

  Sight SightOf(int index) const;
  // Requested packages of the order that were not seen by their numbers.
  std::size_t OpenPackagesOf(const std::string& order_sn) const;

  const Keys& wanted_;
  std::vector<bool> seen_;
  std::vector<std::string> nameless_;  // orders of the rows without a package
  bool any_ = false;
};

}  // namespace firstmile::read_back

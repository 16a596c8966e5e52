// Which of the orders of a request appear in lists of the platform.
//
// A plain value; belongs to one thread.
#pragma once

#include <string>
#include <vector>

#include "firstmile/v1/common.pb.h"

namespace firstmile::flows {

class OrderSearch {
 public:
  using Keys = google::protobuf::RepeatedPtrField<v1::OrderKey>;

  // `wanted` outlives the search.
  explicit OrderSearch(const Keys& wanted)
      : wanted_(wanted), seen_(static_cast<std::size_t>(wanted.size())) {}

  // Compares one row. A side that names no package stands for the order's only one.
  void Note(const std::string& order_sn, const std::string& package_number);

  template <typename Rows>
  void NoteAll(const Rows& rows) {
    for (const auto& row : rows) Note(row.order_sn(), row.package_number());
  }

  std::size_t found() const { return found_; }
  bool all() const { return found_ == seen_.size(); }

  // One outcome for each order: SUCCEEDED where it was seen or, with `done_when_seen` false, where it was
  // not; UNREPORTED for the others. Returns how many succeeded.
  int FillOutcomes(bool done_when_seen, google::protobuf::RepeatedPtrField<v1::OrderOutcome>* outcomes) const;

 private:
  const Keys& wanted_;
  std::vector<bool> seen_;
  std::size_t found_ = 0;
};

}  // namespace firstmile::flows

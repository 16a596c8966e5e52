// Limits the retries of a shop or merchant: retries stop when too many calls fail, so that they never double
// the load on Shopee during an outage.
//
// One per event loop; not thread-safe, use it only on that loop.
#pragma once

#include "absl/container/flat_hash_map.h"
#include "limits/limits_options.h"
#include "subjects/subject.h"

namespace firstmile::limits {

class RetryBudget {
 public:
  explicit RetryBudget(const RetryBudgetOptions& options) : options_(options) {}

  // Takes one token for a retry. Returns false when the balance is too low.
  bool TakeRetry(subjects::Subject subject);

  // Records an answer from Shopee, business errors included.
  void OnAnswer(subjects::Subject subject);

  // Shops with less than the full balance.
  std::size_t shops() const { return tokens_.size(); }

 private:
  const RetryBudgetOptions options_;
  absl::flat_hash_map<subjects::Subject, double> tokens_;  // an absent shop has the full balance
};

}  // namespace firstmile::limits

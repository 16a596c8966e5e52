// How many calls of a shop may be tried again: retries stop when too many calls fail, so that they never
// double the load of a platform in trouble.
//
// One per event loop; belongs to its thread.
#pragma once

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "limits/limits_options.h"

namespace firstmile::limits {

class RetryBudget {
 public:
  explicit RetryBudget(const RetryBudgetOptions& options) : options_(options) {}

  // True: one retry of the shop is paid for.
  bool TakeRetry(std::int64_t shop_id);

  // The platform answered a call of the shop, be it with an error of the business: it works.
  void OnAnswer(std::int64_t shop_id);

  // Shops that have less than all tokens.
  std::size_t shops() const { return tokens_.size(); }

 private:
  const RetryBudgetOptions options_;
  absl::flat_hash_map<std::int64_t, double> tokens_;  // a shop that is not here has all
};

}  // namespace firstmile::limits

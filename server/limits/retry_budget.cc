#include "limits/retry_budget.h"

namespace firstmile::limits {

bool RetryBudget::TakeRetry(subjects::Subject subject) {
  const auto known = tokens_.find(subject);
  const double tokens = known == tokens_.end() ? options_.tokens_max : known->second;
  if (tokens <= options_.tokens_max / 2) return false;
  if (known != tokens_.end()) {
    known->second -= 1;
    return true;
  }
  // Any shop: with so many, it does not matter which one gets its full balance back.
  if (tokens_.size() >= options_.shops_max && !tokens_.empty()) tokens_.erase(tokens_.begin());
  tokens_.emplace(subject, tokens - 1);
  return true;
}

void RetryBudget::OnAnswer(subjects::Subject subject) {
  const auto known = tokens_.find(subject);
  if (known == tokens_.end()) return;
  known->second += options_.per_answer;
  if (known->second >= options_.tokens_max) tokens_.erase(known);
}

}  // namespace firstmile::limits

#include "limits/retry_budget.h"

namespace firstmile::limits {

bool RetryBudget::TakeRetry(std::int64_t shop_id) {
  const auto known = tokens_.find(shop_id);
  const double tokens = known == tokens_.end() ? options_.tokens_max : known->second;
  if (tokens <= options_.tokens_max / 2) return false;
  if (known != tokens_.end()) {
    known->second -= 1;
    return true;
  }
  // Any of them: which one is forgotten, and so has all tokens again, does not matter among so many.
  if (tokens_.size() >= options_.shops_max && !tokens_.empty()) tokens_.erase(tokens_.begin());
  tokens_.emplace(shop_id, tokens - 1);
  return true;
}

void RetryBudget::OnAnswer(std::int64_t shop_id) {
  const auto known = tokens_.find(shop_id);
  if (known == tokens_.end()) return;
  known->second += options_.per_answer;
  if (known->second >= options_.tokens_max) tokens_.erase(known);
}

}  // namespace firstmile::limits

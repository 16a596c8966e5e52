#include "shared_tokens.h"

#include "emulator/emulator.h"
#include "token_client.h"

namespace emulator_test {

SharedTokens::Entry& SharedTokens::EntryOf(int64_t shop) {
  const auto [it, fresh] = entries_.try_emplace(shop);
  if (fresh) it->second.tokens = {emulator::DefaultAccessToken(shop), FirstRefreshToken(shop)};
  return it->second;
}

Tokens SharedTokens::Of(int64_t shop) {
  const std::lock_guard lock(mutex_);
  return EntryOf(shop).tokens;
}

void SharedTokens::Authorized(int64_t shop, const Tokens& fresh) {
  const std::lock_guard lock(mutex_);
  EntryOf(shop).tokens = fresh;
}

void SharedTokens::Refreshed(int64_t shop, const std::string& spent, const Tokens& fresh) {
  const std::lock_guard lock(mutex_);
  Entry& entry = EntryOf(shop);
  ++entry.refreshes;
  ++spent_[spent];
  if (entry.tokens.refresh == spent) entry.tokens = fresh;
}

int SharedTokens::refreshes(int64_t shop) {
  const std::lock_guard lock(mutex_);
  return EntryOf(shop).refreshes;
}

std::vector<std::string> SharedTokens::spent_twice() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> tokens;
  for (const auto& [token, times] : spent_) {
    if (times > 1) tokens.push_back(token);
  }
  return tokens;
}

void SharedTokens::Restart() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  spent_.clear();
}

}  // namespace emulator_test

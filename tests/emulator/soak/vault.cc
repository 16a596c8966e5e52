#include "vault.h"

#include "emulator/emulator.h"
#include "token_client.h"

namespace emulator_test {

Vault::Entry& Vault::EntryOf(int64_t shop) {
  const auto [it, fresh] = entries_.try_emplace(shop);
  if (fresh) it->second.tokens = {emulator::DefaultAccessToken(shop), FirstRefreshToken(shop)};
  return it->second;
}

Tokens Vault::Of(int64_t shop) {
  const std::lock_guard lock(mutex_);
  return EntryOf(shop).tokens;
}

void Vault::Authorized(int64_t shop, const Tokens& fresh) {
  const std::lock_guard lock(mutex_);
  EntryOf(shop).tokens = fresh;
}

void Vault::Refreshed(int64_t shop, const std::string& spent, const Tokens& fresh) {
  const std::lock_guard lock(mutex_);
  Entry& entry = EntryOf(shop);
  ++entry.refreshes;
  ++spent_[spent];
  if (entry.tokens.refresh == spent) entry.tokens = fresh;
}

int Vault::refreshes(int64_t shop) {
  const std::lock_guard lock(mutex_);
  return EntryOf(shop).refreshes;
}

std::vector<std::string> Vault::spent_twice() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> tokens;
  for (const auto& [token, times] : spent_) {
    if (times > 1) tokens.push_back(token);
  }
  return tokens;
}

void Vault::Restart() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  spent_.clear();
}

}  // namespace emulator_test

// Where custody keeps its records: what the configuration says, and the store that it opens.
//
// Plain values and functions for the start of the process.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "app/checker.h"
#include "redis/connection.h"
#include "tokens/stores/sealing_keys.h"
#include "tokens/stores/sqlite_database.h"
#include "tokens/token_store.h"

namespace firstmile::app {

struct SqliteSettings {
  std::string path;
  tokens::SqliteOptions options;
};

struct StoreSettings {
  std::variant<std::monostate, SqliteSettings, redis::Options> where;  // monostate: memory
  std::vector<tokens::SealingKey> keys;                                // empty for memory

  bool durable() const { return !std::holds_alternative<std::monostate>(where); }
};

// Reads the sealing keys and the password from where the configuration says.
StoreSettings ResolveStore(Checker& check, const config::v1::Custody& custody);

// Errors are the store's; each is one line that says what to do.
absl::StatusOr<std::unique_ptr<tokens::TokenStore>> OpenStore(const StoreSettings& settings);

// Fails with kInvalidArgument when records of the store are sealed under a key that was not given, and with
// the store's errors when it cannot be read.
absl::Status CheckSeals(tokens::TokenStore& store, const std::vector<tokens::SealingKey>& keys);

// What is not as an operator of tokens would want it, a line each; empty: nothing.
std::vector<std::string> StoreWarnings(tokens::TokenStore& store, const StoreSettings& settings);

}  // namespace firstmile::app

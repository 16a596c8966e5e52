// Settings of the token store, and the store that they open.
//
// Plain values and functions for the start of the process.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "app/config_validator.h"
#include "redis/connection.h"
#include "tokens/stores/encryption_keys.h"
#include "tokens/stores/sqlite_database.h"
#include "tokens/stores/token_store.h"

namespace firstmile::app {

struct SqliteSettings {
  std::string path;
  tokens::SqliteOptions options;
};

struct StoreSettings {
  std::variant<std::monostate, SqliteSettings, redis::Options> where;  // monostate: memory
  std::vector<tokens::EncryptionKey> keys;                             // empty for memory
  // For errors that show when the store is opened: "file:3: tokens.sqlite.path".
  std::string store_field = "tokens";
  std::string keys_field = "tokens.encryption_key_file";

  bool durable() const { return !std::holds_alternative<std::monostate>(where); }
};

// Reads the encryption keys and the password from where the configuration says.
StoreSettings ResolveStore(ConfigValidator& check, const config::v1::Tokens& tokens);

// Errors are the store's; each is one line that says what to do.
absl::StatusOr<std::unique_ptr<tokens::TokenStore>> OpenStore(const StoreSettings& settings);

// Fails with kInvalidArgument when records of the store are encrypted under a key that was not given, and
// with the store's errors when it cannot be read.
absl::Status CheckDecryption(tokens::TokenStore& store, const StoreSettings& settings);

// What is not as an operator of tokens would want it, a line each; empty: nothing.
std::vector<std::string> StoreWarnings(tokens::TokenStore& store, const StoreSettings& settings);

}  // namespace firstmile::app

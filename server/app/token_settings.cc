#include "app/token_settings.h"

#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "app/renamed_settings.h"
#include "secrets/secret_file.h"
#include "tokens/stores/memory_store.h"
#include "tokens/stores/redis_store.h"
#include "tokens/stores/sqlite_store.h"
#include "tokens/token_repository.h"

namespace firstmile::app {
namespace {

constexpr char kDefaultEncryptionKeyVariable[] = "FIRSTMILE_ENCRYPTION_KEY";
constexpr int kRecordsPerPage = 1000;

std::string NoKeys(const std::string& variable) {
  std::string needed = absl::StrCat(
      "a durable store needs an encryption key: write one with `openssl rand -base64 32` into a file that "
      "only this user can read and name it here, or set the environment variable ",
      secrets::ShownVariable(variable));
  for (const RenamedWord& word : RenamedWords()) {
    if (!word.field.empty() || word.new_name != variable) continue;
    if (std::getenv(std::string(word.old_name).c_str()) == nullptr) continue;
    return absl::StrCat(needed, "; the environment variable ", RenamedText(word.old_name, word.new_name));
  }
  return needed;
}

std::vector<tokens::EncryptionKey> ResolveKeys(ConfigValidator& check, const config::v1::Tokens& tokens) {
  const std::string variable =
      tokens.encryption_key_env().empty() ? kDefaultEncryptionKeyVariable : tokens.encryption_key_env();
  const bool file = !tokens.encryption_key_file().empty();
  const absl::StatusOr<secrets::Secret> text =
      file ? secrets::ReadSecretFile(tokens.encryption_key_file(), check.key_files())
           : secrets::ReadSecretFromEnvironment(variable);
  if (!text.ok()) {
    check.Fail("tokens.encryption_key_file", file ? std::string(text.status().message()) : NoKeys(variable));
    return {};
  }
  absl::StatusOr<std::vector<tokens::EncryptionKey>> keys = tokens::ParseEncryptionKeys(*text);
  if (keys.ok()) return *std::move(keys);
  check.Fail("tokens.encryption_key_file", keys.status().message());
  return {};
}

void ResolveAddress(ConfigValidator& check, absl::string_view address, redis::Options* options) {
  if (address.empty()) return;
  if (absl::ConsumePrefix(&address, "unix:")) {
    options->unix_path = std::string(address);
    if (!absl::StartsWith(address, "/")) check.Fail("tokens.redis.address", "unix: needs an absolute path");
    return;
  }
  const std::size_t colon = address.rfind(':');
  const bool found = colon != absl::string_view::npos && colon > 0 &&
                     absl::SimpleAtoi(address.substr(colon + 1), &options->port) && options->port > 0 &&
                     options->port < 65536;
  // A URL with a password in it is refused, and must not appear in messages.
  if (!found || address.find_first_of("@/ ") != absl::string_view::npos) {
    return check.Fail("tokens.redis.address",
                      "must be host:port or unix:/absolute/path, without user and password");
  }
  options->host = std::string(absl::StripSuffix(absl::StripPrefix(address.substr(0, colon), "["), "]"));
}

redis::Options ResolveRedis(ConfigValidator& check, const config::v1::RedisStore& redis) {
  redis::Options options;
  ResolveAddress(check, redis.address(), &options);
  options.username = redis.username();
  if (!redis.password_file().empty() || !redis.password_env().empty()) {
    const bool file = !redis.password_file().empty();
    absl::StatusOr<secrets::Secret> password =
        file ? secrets::ReadSecretFile(redis.password_file(), check.key_files())
             : secrets::ReadSecretFromEnvironment(redis.password_env());
    if (password.ok()) {
      options.password = *std::move(password);
    } else {
      check.Fail(file ? "tokens.redis.password_file" : "tokens.redis.password_env",
                 password.status().message());
    }
  }
  options.database = static_cast<int>(check.Number("tokens.redis.database", 0, 1024, 0));
  if (!redis.key_prefix().empty()) options.key_prefix = redis.key_prefix();
  options.command_timeout =
      absl::Milliseconds(check.Number("tokens.redis.command_timeout_ms", 1, 60'000, 1000));
  options.connect_timeout = options.command_timeout;
  return options;
}

SqliteSettings ResolveSqlite(ConfigValidator& check, const config::v1::SqliteStore& sqlite) {
  if (sqlite.path().empty()) check.Fail("tokens.sqlite.path", "is required");
  SqliteSettings settings{.path = sqlite.path(), .options = {}};
  settings.options.access = check.key_files();
  settings.options.busy_timeout =
      absl::Milliseconds(check.Number("tokens.sqlite.busy_timeout_ms", 1, 60'000, 2000));
  return settings;
}

// A file that no later try can open must be corrected first: its path, its access rights or its content.
absl::Status MustBeCorrected(const absl::Status& opened) {
  const bool passes = absl::IsUnavailable(opened) || absl::IsResourceExhausted(opened);
  return passes ? opened : absl::InvalidArgumentError(opened.message());
}

template <typename Store>
absl::StatusOr<std::unique_ptr<tokens::TokenStore>> AsStore(absl::string_view field,
                                                            absl::StatusOr<std::unique_ptr<Store>> opened) {
  if (!opened.ok()) {
    return absl::Status(opened.status().code(),
                        absl::StrCat(field, ": ", absl::string_view(opened.status().message())));
  }
  return std::unique_ptr<tokens::TokenStore>(*std::move(opened));
}

}  // namespace

StoreSettings ResolveStore(ConfigValidator& check, const config::v1::Tokens& tokens) {
  StoreSettings settings;
  if (tokens.has_sqlite()) settings.where = ResolveSqlite(check, tokens.sqlite());
  if (tokens.has_redis()) settings.where = ResolveRedis(check, tokens.redis());
  settings.store_field = check.Located(tokens.has_redis() ? "tokens.redis" : "tokens.sqlite.path");
  settings.keys_field = check.Located("tokens.encryption_key_file");
  if (settings.durable()) settings.keys = ResolveKeys(check, tokens);
  return settings;
}

absl::StatusOr<std::unique_ptr<tokens::TokenStore>> OpenStore(const StoreSettings& settings) {
  if (const auto* sqlite = std::get_if<SqliteSettings>(&settings.where)) {
    auto store = AsStore(settings.store_field, tokens::SqliteStore::Open(sqlite->path, sqlite->options));
    return store.ok() ? std::move(store) : MustBeCorrected(store.status());
  }
  if (const auto* redis = std::get_if<redis::Options>(&settings.where)) {
    return AsStore(settings.store_field, tokens::RedisStore::Open(*redis));
  }
  return std::unique_ptr<tokens::TokenStore>(std::make_unique<tokens::MemoryStore>());
}

absl::Status CheckDecryption(tokens::TokenStore& store, const StoreSettings& settings) {
  const tokens::TokenCipher cipher(settings.keys);
  const tokens::RecordCodec codec(cipher);
  std::string after;
  do {
    const auto page = store.List(after, kRecordsPerPage);
    if (!page.ok()) return page.status();
    for (const auto& [key, record] : *page) {
      const absl::Status opened = codec.Decode(key, record).status();
      if (!absl::IsNotFound(opened)) continue;  // a damaged record fails the calls that need it
      return absl::InvalidArgumentError(absl::StrCat(
          settings.keys_field, ": ", absl::string_view(opened.message()), " (record ", key, ")"));
    }
    after = page->size() == kRecordsPerPage ? page->back().first : "";
  } while (!after.empty());
  return absl::OkStatus();
}

std::vector<std::string> StoreWarnings(tokens::TokenStore& store, const StoreSettings& settings) {
  if (!settings.durable()) {
    return {
        "tokens are stored in memory only: after a restart every seller must log in again; configure "
        "tokens.sqlite or tokens.redis"};
  }
  auto* redis = dynamic_cast<tokens::RedisStore*>(&store);
  if (redis == nullptr) return {};
  const absl::StatusOr<std::string> problem = redis->DurabilityProblem();
  if (!problem.ok()) return {std::string(problem.status().message())};
  if (problem->empty()) return {};
  return {*problem};
}

}  // namespace firstmile::app

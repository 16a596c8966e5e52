#include "app/custody_settings.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "secrets/secret_file.h"
#include "tokens/stores/memory_store.h"
#include "tokens/stores/redis_store.h"
#include "tokens/stores/sqlite_store.h"
#include "tokens/token_ledger.h"

namespace firstmile::app {
namespace {

constexpr char kDefaultSealingKeyVariable[] = "FIRSTMILE_SEALING_KEY";
constexpr int kPageSize = 1000;

std::vector<tokens::SealingKey> ResolveKeys(Checker& check, const config::v1::Custody& custody) {
  const std::string variable =
      custody.sealing_key_env().empty() ? kDefaultSealingKeyVariable : custody.sealing_key_env();
  const bool file = !custody.sealing_key_file().empty();
  const absl::StatusOr<secrets::Secret> text =
      file ? secrets::ReadSecretFile(custody.sealing_key_file(), check.key_files())
           : secrets::ReadSecretFromEnvironment(variable);
  if (!text.ok()) {
    check.Fail(
        "custody.sealing_key_file",
        file ? std::string(text.status().message())
             : absl::StrCat("a durable store needs a sealing key: write one with `openssl rand -base64 32` "
                            "into a file that only this user can read and name it here, or set the "
                            "environment variable ",
                            secrets::ShownVariable(variable)));
    return {};
  }
  absl::StatusOr<std::vector<tokens::SealingKey>> keys = tokens::ParseSealingKeys(*text);
  if (keys.ok()) return *std::move(keys);
  check.Fail("custody.sealing_key_file", keys.status().message());
  return {};
}

void ResolveAddress(Checker& check, absl::string_view address, redis::Options* options) {
  if (address.empty()) return;
  if (absl::ConsumePrefix(&address, "unix:")) {
    options->unix_path = std::string(address);
    if (!absl::StartsWith(address, "/")) check.Fail("custody.redis.address", "unix: needs an absolute path");
    return;
  }
  const std::size_t colon = address.rfind(':');
  const bool found = colon != absl::string_view::npos && colon > 0 &&
                     absl::SimpleAtoi(address.substr(colon + 1), &options->port) && options->port > 0 &&
                     options->port < 65536;
  // An URL with a password in it is none, and must not come to stand in messages.
  if (!found || address.find_first_of("@/ ") != absl::string_view::npos) {
    return check.Fail("custody.redis.address",
                      "must be host:port or unix:/absolute/path, without user and password");
  }
  options->host = std::string(absl::StripSuffix(absl::StripPrefix(address.substr(0, colon), "["), "]"));
}

redis::Options ResolveRedis(Checker& check, const config::v1::RedisStore& redis) {
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
      check.Fail(file ? "custody.redis.password_file" : "custody.redis.password_env",
                 password.status().message());
    }
  }
  options.database = static_cast<int>(check.Number("custody.redis.database", redis.database(), 0, 0, 1024));
  if (!redis.key_prefix().empty()) options.key_prefix = redis.key_prefix();
  options.command_timeout = absl::Milliseconds(
      check.Number("custody.redis.command_timeout_ms", redis.command_timeout_ms(), 1000, 1, 60'000));
  options.connect_timeout = options.command_timeout;
  return options;
}

SqliteSettings ResolveSqlite(Checker& check, const config::v1::SqliteStore& sqlite) {
  if (sqlite.path().empty()) check.Fail("custody.sqlite.path", "is required");
  SqliteSettings settings{.path = sqlite.path(), .options = {}};
  settings.options.access = check.key_files();
  settings.options.busy_timeout = absl::Milliseconds(
      check.Number("custody.sqlite.busy_timeout_ms", sqlite.busy_timeout_ms(), 2000, 1, 60'000));
  return settings;
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

StoreSettings ResolveStore(Checker& check, const config::v1::Custody& custody) {
  StoreSettings settings;
  if (custody.has_sqlite()) settings.where = ResolveSqlite(check, custody.sqlite());
  if (custody.has_redis()) settings.where = ResolveRedis(check, custody.redis());
  if (settings.durable()) settings.keys = ResolveKeys(check, custody);
  return settings;
}

absl::StatusOr<std::unique_ptr<tokens::TokenStore>> OpenStore(const StoreSettings& settings) {
  if (const auto* sqlite = std::get_if<SqliteSettings>(&settings.where)) {
    return AsStore("custody.sqlite.path", tokens::SqliteStore::Open(sqlite->path, sqlite->options));
  }
  if (const auto* redis = std::get_if<redis::Options>(&settings.where)) {
    return AsStore("custody.redis", tokens::RedisStore::Open(*redis));
  }
  return std::unique_ptr<tokens::TokenStore>(std::make_unique<tokens::MemoryStore>());
}

absl::Status CheckSeals(tokens::TokenStore& store, const std::vector<tokens::SealingKey>& keys) {
  const tokens::Sealer sealer(keys);
  const tokens::RecordCodec codec(sealer);
  std::string after;
  do {
    const auto page = store.List(after, kPageSize);
    if (!page.ok()) return page.status();
    for (const auto& [key, record] : *page) {
      const absl::Status opened = codec.Decode(key, record).status();
      if (!absl::IsNotFound(opened)) continue;  // what is damaged is told to those who ask for it
      return absl::InvalidArgumentError(absl::StrCat(
          "custody.sealing_key_file: ", absl::string_view(opened.message()), " (record ", key, ")"));
    }
    after = page->size() == kPageSize ? page->back().first : "";
  } while (!after.empty());
  return absl::OkStatus();
}

std::vector<std::string> StoreWarnings(tokens::TokenStore& store, const StoreSettings& settings) {
  if (!settings.durable()) {
    return {
        "tokens are kept in memory only: a restart loses what sellers logged in for; configure "
        "custody.sqlite "
        "or custody.redis"};
  }
  auto* redis = dynamic_cast<tokens::RedisStore*>(&store);
  if (redis == nullptr) return {};
  const absl::StatusOr<std::string> problem = redis->DurabilityProblem();
  if (!problem.ok()) return {std::string(problem.status().message())};
  if (problem->empty()) return {};
  return {*problem};
}

}  // namespace firstmile::app

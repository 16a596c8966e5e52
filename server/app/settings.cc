#include "app/settings.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "app/checker.h"
#include "app/connection_settings.h"
#include "app/custody_settings.h"
#include "app/limits_settings.h"
#include "app/upstream_settings.h"
#include "secrets/secret_file.h"
#include "tokens/authorization_url.h"

namespace firstmile::app {
namespace {

constexpr char kDefaultListen[] = "127.0.0.1:50051";
constexpr char kDefaultPartnerKeyVariable[] = "FIRSTMILE_PARTNER_KEY";
constexpr int kShopTokensMax = 100'000;
constexpr std::size_t kAccessTokenBytesMax = 8192;

void ResolveUpstream(Checker& check, const config::v1::Upstream& upstream, absl::string_view flag,
                     Settings* settings) {
  UpstreamSettings resolved = ResolveUpstreamSettings(check, upstream, flag);
  settings->transport = std::move(resolved.transport);
  settings->gateway.base_url = std::move(resolved.base_url);
  settings->gateway.json_bytes_max = resolved.json_bytes_max;
  if (resolved.attempt_timeout_max.has_value()) {
    settings->gateway.attempt_timeout_max = *resolved.attempt_timeout_max;
  }
  for (std::string& warning : resolved.warnings) settings->warnings.push_back(std::move(warning));
}

void ResolvePartner(Checker& check, const config::v1::Partner& partner, const CommandLine& flags,
                    Settings* settings) {
  settings->partner_id = flags.partner_id.value_or(partner.partner_id());
  if (settings->partner_id <= 0) {
    check.Fail("partner.partner_id",
               "is required, here or as --partner_id, a positive number from the console");
  }
  const std::string& file =
      flags.partner_key_file.empty() ? partner.partner_key_file() : flags.partner_key_file;
  const std::string variable =
      partner.partner_key_env().empty() ? kDefaultPartnerKeyVariable : partner.partner_key_env();
  absl::StatusOr<secrets::Secret> key = file.empty() ? secrets::ReadSecretFromEnvironment(variable)
                                                     : secrets::ReadSecretFile(file, check.key_files());
  if (key.ok()) {
    settings->partner_key = *std::move(key);
  } else if (file.empty()) {
    check.Fail(
        "partner.partner_key_file",
        absl::StrCat(
            "no partner key: give the file, here or as --partner_key_file, or set the environment variable ",
            secrets::ShownVariable(variable)));
  } else {
    check.Fail("partner.partner_key_file", key.status().message());
  }
}

void ResolveShopToken(Checker& check, const std::string& field, const config::v1::ShopToken& token,
                      Settings* settings) {
  if (token.shop_id() <= 0) return check.Fail(field + ".shop_id", "must be a positive number");
  if (token.access_token().empty() == token.access_token_file().empty()) {
    return check.Fail(field, "give exactly one of access_token and access_token_file");
  }
  absl::StatusOr<secrets::Secret> secret = secrets::Secret(token.access_token());
  if (!token.access_token_file().empty())
    secret = secrets::ReadSecretFile(token.access_token_file(), check.key_files());
  if (!secret.ok()) return check.Fail(field + ".access_token_file", secret.status().message());
  if (secret->Reveal().size() > kAccessTokenBytesMax) {
    return check.Fail(field,
                      absl::StrCat("the access token is longer than ", kAccessTokenBytesMax, " bytes"));
  }
  if (!settings->custody.configured.try_emplace(token.shop_id(), *std::move(secret)).second) {
    check.Fail(field + ".shop_id", absl::StrCat("shop ", token.shop_id(), " is given twice"));
  }
}

// A configuration with tokens in it is a file with secrets itself.
void CheckConfigAccess(Checker& check, const ConfigFile& file) {
  if (file.access.ok() || check.key_files() == secrets::FileAccess::kAnyone) return;
  for (int i = 0; i < file.config.shop_tokens_size(); ++i) {
    if (file.config.shop_tokens(i).access_token().empty()) continue;
    return check.Fail(absl::StrCat("shop_tokens[", i, "].access_token"), file.access.message());
  }
}

void ResolveShopTokens(Checker& check, const config::v1::ServerConfig& config, Settings* settings) {
  if (config.shop_tokens_size() > kShopTokensMax) {
    return check.Fail("shop_tokens",
                      absl::StrCat("at most ", kShopTokensMax, " shops, not ", config.shop_tokens_size()));
  }
  for (int i = 0; i < config.shop_tokens_size(); ++i) {
    ResolveShopToken(check, absl::StrCat("shop_tokens[", i, "]"), config.shop_tokens(i), settings);
  }
}

void ResolveServer(Checker& check, const config::v1::Server& server, Settings* settings) {
  settings->event_loops =
      static_cast<int>(check.Number("server.event_loops", server.event_loops(), 1, 1, 64));
  settings->drain_timeout = std::chrono::milliseconds(check.OptionalNumber(
      "server.drain_timeout_ms", server.has_drain_timeout_ms(), server.drain_timeout_ms(), 10'000, 600'000));
  settings->lame_duck =
      std::chrono::milliseconds(check.Number("server.lame_duck_ms", server.lame_duck_ms(), 0, 1, 600'000));
  settings->stream_shops_in_parallel = static_cast<int>(
      check.Number("server.max_stream_shops_in_parallel", server.max_stream_shops_in_parallel(), 8, 1, 1000));
  settings->default_deadline = std::chrono::milliseconds(
      check.Number("server.default_deadline_ms", server.default_deadline_ms(), 30'000, 1, 600'000));
  settings->reflection = !server.has_reflection() || server.reflection();
}

void ResolveRetry(Checker& check, const config::v1::Retry& retry, Settings* settings) {
  gateway::GatewayOptions& gateway = settings->gateway;
  gateway.attempts_max = static_cast<int>(check.Number("retry.max_attempts", retry.max_attempts(), 3, 1, 10));
  gateway.backoff_initial = absl::Milliseconds(check.OptionalNumber(
      "retry.initial_backoff_ms", retry.has_initial_backoff_ms(), retry.initial_backoff_ms(), 100, 60'000));
  gateway.backoff_max =
      absl::Milliseconds(check.Number("retry.max_backoff_ms", retry.max_backoff_ms(), 1000, 1, 60'000));
  if (gateway.backoff_max < gateway.backoff_initial) {
    check.Fail("retry.max_backoff_ms", "must not be less than retry.initial_backoff_ms");
  }
  settings->flows.settle_pause = absl::Milliseconds(check.OptionalNumber(
      "retry.settle_pause_ms", retry.has_settle_pause_ms(), retry.settle_pause_ms(), 1000, 60'000));
}

void ResolveLog(Checker& check, const config::v1::Log& log, Settings* settings) {
  static constexpr std::pair<absl::string_view, ops::LogLevel> kLevels[] = {{"", ops::LogLevel::kInfo},
                                                                            {"debug", ops::LogLevel::kDebug},
                                                                            {"info", ops::LogLevel::kInfo},
                                                                            {"warn", ops::LogLevel::kWarning},
                                                                            {"error", ops::LogLevel::kError}};
  bool known = false;
  for (const auto& [name, level] : kLevels) {
    if (log.level() != name) continue;
    settings->log_level = level;
    known = true;
  }
  if (!known) check.Fail("log.level", "must be debug, info, warn or error");
  if (!log.format().empty() && log.format() != "json") check.Fail("log.format", "must be json");
}

void ResolveCustody(Checker& check, const config::v1::Custody& custody, Settings* settings) {
  settings->store = ResolveStore(check, custody);
  settings->redirect_url = custody.redirect_url();
  tokens::CustodySettings& kept = settings->custody;
  kept.auth.base_url = settings->gateway.base_url;
  kept.auth.timeout = std::chrono::milliseconds(
      check.Number("custody.refresh_timeout_ms", custody.refresh_timeout_ms(), 10'000, 100, 60'000));
  kept.policy.lease = absl::FromChrono(kept.auth.timeout) * 1.5;
  if (!custody.redirect_url().empty()) {
    kept.authorization_url =
        tokens::UnsignedPage(tokens::PageOriginOf(settings->gateway.base_url), settings->partner_id,
                             {.redirect_url = custody.redirect_url(), .state = "", .cancel = false});
  }
  settings->keeper.sweep_every =
      absl::Seconds(check.Number("custody.sweep_interval_s", custody.sweep_interval_s(), 60, 1, 3600));
  settings->keeper.starts_per_second = static_cast<double>(
      check.Number("custody.max_refreshes_per_second", custody.max_refreshes_per_second(), 2, 1, 1000));
}

}  // namespace

absl::StatusOr<Settings> ResolveSettings(const ConfigFile& file, const CommandLine& flags) {
  Checker check(file);
  Settings settings;
  const config::v1::ServerConfig& config = file.config;
  settings.listen = flags.listen;
  if (settings.listen.empty()) settings.listen.assign(config.listen().begin(), config.listen().end());
  if (settings.listen.empty()) settings.listen = {kDefaultListen};
  ResolveUpstream(check, config.upstream(), flags.upstream, &settings);
  settings.check_upstream = flags.check_upstream;
  ResolvePartner(check, config.partner(), flags, &settings);
  ResolveShopTokens(check, config, &settings);
  CheckConfigAccess(check, file);
  ResolveServer(check, config.server(), &settings);
  ResolveRetry(check, config.retry(), &settings);
  settings.allow_anyone = config.allow_anyone();
  settings.connections = ResolveConnections(check, config.connections());
  settings.limits = ResolveLimits(check, config.limits());
  settings.share_limits = !config.limits().has_share_with_fleet() || config.limits().share_with_fleet();
  ResolveLog(check, config.log(), &settings);
  ResolveCustody(check, config.custody(), &settings);
  settings.metrics_listen = config.admin().metrics_listen();
  settings.readable_key_files = config.allow_readable_key_files();
  if (!check.status().ok()) return check.status();
  return settings;
}

}  // namespace firstmile::app

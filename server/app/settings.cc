#include "app/settings.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "app/config_validator.h"
#include "app/connection_settings.h"
#include "app/limits_settings.h"
#include "app/listen_addresses.h"
#include "app/renamed_settings.h"
#include "app/shop_token_settings.h"
#include "app/token_settings.h"
#include "app/upstream_settings.h"
#include "endpoints/text_form.h"
#include "ops/admin_server.h"
#include "secrets/secret_file.h"
#include "tokens/authorization_url.h"

namespace firstmile::app {
namespace {

constexpr char kDefaultListen[] = "127.0.0.1:50051";
constexpr char kDefaultPartnerKeyVariable[] = "FIRSTMILE_PARTNER_KEY";

// Where the form of an address is wrong, or others could reach it. Whether it can be had shows later.
void CheckListen(ConfigValidator& check, const std::vector<std::string>& listen, bool from_flags,
                 bool allow_anyone) {
  for (std::size_t i = 0; i < listen.size(); ++i) {
    const absl::Status form = ResolveListenAddresses({listen[i]}, allow_anyone).status();
    if (!absl::IsInvalidArgument(form)) continue;
    check.Fail(from_flags ? "--listen" : absl::StrCat("listen[", i, "]"), form.message());
  }
}

void ResolveUpstream(ConfigValidator& check, const config::v1::Upstream& upstream, absl::string_view flag,
                     Settings* settings) {
  UpstreamSettings resolved = ResolveUpstreamSettings(check, upstream, flag);
  settings->transport = std::move(resolved.transport);
  settings->upstream_connections_max = resolved.connections_max;
  settings->gateway.base_url = std::move(resolved.base_url);
  settings->gateway.json_bytes_max = resolved.json_bytes_max;
  if (resolved.attempt_timeout_max.has_value()) {
    settings->gateway.attempt_timeout_max = *resolved.attempt_timeout_max;
  }
  for (std::string& warning : resolved.warnings) settings->warnings.push_back(std::move(warning));
}

void ResolvePartner(ConfigValidator& check, const config::v1::Partner& partner, const CommandLine& flags,
                    Settings* settings) {
  settings->partner_id = flags.partner_id.value_or(partner.partner_id());
  if (!flags.partner_id.has_value() && !partner.has_partner_id()) {
    check.Fail("partner.partner_id", "is required, here or as --partner_id: the app's id from the console");
  } else if (settings->partner_id < 1) {
    check.Fail(flags.partner_id.has_value() ? "--partner_id" : "partner.partner_id",
               absl::StrCat("must be 1 or more, got ", settings->partner_id));
  }
  const std::string& file =
      flags.partner_key_file.empty() ? partner.partner_key_file() : flags.partner_key_file;
  const std::string variable =
      partner.partner_key_env().empty() ? kDefaultPartnerKeyVariable : partner.partner_key_env();
  absl::StatusOr<secrets::Secret> key = file.empty() ? secrets::ReadSecretFromEnvironment(variable)
                                                     : secrets::ReadSecretFile(file, check.key_files());
  if (key.ok()) {
    const absl::string_view field = file.empty() ? "partner.partner_key_env" : "partner.partner_key_file";
    settings->partner_key = TidiedKey(field, *key, &settings->warnings);
    if (settings->partner_key.empty()) check.Fail(field, "holds no key");
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

void ResolveServer(ConfigValidator& check, const config::v1::Server& server, Settings* settings) {
  settings->event_loops = static_cast<int>(check.Number("server.event_loops", 1, 64, 1));
  settings->drain_timeout =
      std::chrono::milliseconds(check.Number("server.drain_timeout_ms", 0, 600'000, 10'000));
  settings->lame_duck = std::chrono::milliseconds(check.Number("server.lame_duck_ms", 0, 600'000, 0));
  settings->stream_shops_in_parallel =
      static_cast<int>(check.Number("server.max_stream_shops_in_parallel", 1, 1000, 128));
  settings->default_deadline =
      std::chrono::milliseconds(check.Number("server.default_deadline_ms", 1, 600'000, 30'000));
  settings->reflection = !server.has_reflection() || server.reflection();
}

void ResolveRetry(ConfigValidator& check, Settings* settings) {
  gateway::GatewayOptions& gateway = settings->gateway;
  gateway.attempts_max = static_cast<int>(check.Number("retry.max_attempts", 1, 10, 3));
  const std::int64_t initial = check.Number("retry.initial_backoff_ms", 0, 60'000, 100);
  gateway.backoff_initial = absl::Milliseconds(initial);
  gateway.backoff_max =
      absl::Milliseconds(check.Number("retry.max_backoff_ms", std::max<std::int64_t>(1, initial), 60'000,
                                      std::max<std::int64_t>(1000, initial)));
  settings->read_back.read_back_delay =
      absl::Milliseconds(check.Number("retry.read_back_delay_ms", 0, 60'000, 1000));
}

void ResolveLog(ConfigValidator& check, const config::v1::Log& log, Settings* settings) {
  const std::optional<ops::LogLevel> level = ops::LogLevelOf(log.level().empty() ? "info" : log.level());
  if (level.has_value()) {
    settings->log_level = *level;
  } else if (const absl::string_view renamed = RenamedValue("log.level", log.level()); !renamed.empty()) {
    check.Fail("log.level", RenamedText(log.level(), renamed));
  } else {
    check.Fail("log.level", "must be debug, info, warning or error");
  }
  if (!log.format().empty() && log.format() != "json") check.Fail("log.format", "must be json");
}

// As AuthService.GetAuthorizationUrl wants it in a request.
void CheckRedirect(ConfigValidator& check, absl::string_view url) {
  constexpr std::size_t kBytesMax = 2048;
  const std::string fault = endpoints::FaultOf(url, mapping::TEXT_FORM_WEB_ADDRESS);
  if (!fault.empty()) check.Fail("tokens.redirect_url", fault);
  if (url.size() > kBytesMax) check.Fail("tokens.redirect_url", "must have at most 2048 bytes");
}

void ResolveTokenSettings(ConfigValidator& check, const config::v1::Tokens& tokens, Settings* settings) {
  settings->store = ResolveStore(check, tokens);
  settings->redirect_url = tokens.redirect_url();
  tokens::TokenSettings& kept = settings->tokens;
  kept.auth.base_url = settings->gateway.base_url;
  kept.auth.timeout =
      std::chrono::milliseconds(check.Number("tokens.refresh_timeout_ms", 100, 60'000, 10'000));
  kept.policy.lease = absl::FromChrono(kept.auth.timeout) * 1.5;
  if (!tokens.redirect_url().empty()) {
    CheckRedirect(check, tokens.redirect_url());
    kept.authorization_url =
        tokens::UnsignedPage(tokens::PageOriginOf(settings->gateway.base_url), settings->partner_id,
                             {.redirect_url = tokens.redirect_url(), .state = "", .cancel = false});
  }
  settings->refresh_scheduler.scan_every = absl::Seconds(check.Number("tokens.scan_interval_s", 1, 3600, 60));
  settings->refresh_scheduler.starts_per_second =
      static_cast<double>(check.Number("tokens.max_refreshes_per_second", 1, 1000, 2));
}

Settings Resolve(ConfigValidator& check, const ConfigFile& file, const CommandLine& flags) {
  Settings settings;
  const config::v1::ServerConfig& config = file.config;
  settings.listen = flags.listen;
  if (settings.listen.empty()) settings.listen.assign(config.listen().begin(), config.listen().end());
  if (settings.listen.empty()) settings.listen = {kDefaultListen};
  CheckListen(check, settings.listen, !flags.listen.empty(), config.allow_anyone());
  ResolveUpstream(check, config.upstream(), flags.upstream, &settings);
  settings.check_upstream = flags.check_upstream;
  ResolvePartner(check, config.partner(), flags, &settings);
  ResolveShopTokens(check, file, &settings);
  ResolveServer(check, config.server(), &settings);
  ResolveRetry(check, &settings);
  settings.allow_anyone = config.allow_anyone();
  settings.connections = ResolveConnections(check);
  settings.max_memory_bytes = ResolveMemory(check);
  settings.limits = ResolveLimits(check, settings.max_memory_bytes);
  ResolveLog(check, config.log(), &settings);
  ResolveTokenSettings(check, config.tokens(), &settings);
  settings.metrics_listen = config.admin().metrics_listen();
  if (const absl::Status form = ops::AdminServer::CheckAddress(settings.metrics_listen);
      !settings.metrics_listen.empty() && !form.ok()) {
    check.Fail("admin.metrics_listen", form.message());
  }
  settings.readable_key_files = config.allow_readable_key_files();
  return settings;
}

}  // namespace

absl::StatusOr<Settings> ResolveSettings(const ConfigFile& file, const CommandLine& flags) {
  ConfigValidator check(file);
  Settings settings = Resolve(check, file, flags);
  if (!check.status().ok()) return check.status();
  return settings;
}

std::map<std::string, NumberRule, std::less<>> NumberRules(const ConfigFile& file) {
  ConfigValidator check(file);
  Resolve(check, file, {});
  return check.rules();
}

}  // namespace firstmile::app

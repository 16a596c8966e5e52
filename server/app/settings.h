// What the sidecar runs with: flags override the file, and the file overrides defaults; checked, with secrets
// read.
//
// Built once at start, then read only.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "app/command_line.h"
#include "app/config_file.h"
#include "app/config_validator.h"
#include "app/connection_settings.h"
#include "app/token_settings.h"
#include "gateway/gateway.h"
#include "limits/limits_options.h"
#include "ops/call_log.h"
#include "read_back/call_with_read_back.h"
#include "secrets/secret.h"
#include "tokens/refresh_scheduler.h"
#include "tokens/token_backend.h"
#include "transport/curl_transport.h"

namespace firstmile::app {

struct Settings {
  std::vector<std::string> listen;
  bool allow_anyone = false;  // at addresses that reach beyond this machine
  ConnectionSettings connections;
  transport::CurlTransportOptions transport;
  std::size_t upstream_connections_max = 256;
  bool check_upstream = false;  // before anything is served
  gateway::GatewayOptions gateway;
  read_back::ReadBackOptions read_back;
  limits::LimitsOptions limits;
  std::int64_t max_memory_bytes = 0;
  std::int64_t partner_id = 0;
  secrets::Secret partner_key;
  StoreSettings store;
  tokens::TokenSettings tokens;
  tokens::RefreshSchedulerOptions refresh_scheduler;
  std::string redirect_url;  // where sellers come back to after a login; may be empty
  int event_loops = 1;
  int stream_shops_in_parallel = 128;
  std::chrono::milliseconds default_deadline{30000};
  std::chrono::milliseconds drain_timeout{10000};
  std::chrono::milliseconds lame_duck{0};
  std::string metrics_listen;  // empty: metrics are not served
  bool reflection = true;
  bool readable_key_files = false;  // files with secrets are accepted although others may read them
  ops::LogLevel log_level = ops::LogLevel::kInfo;
  std::vector<std::string> warnings;  // what is allowed and yet deserves a line at each start
};

// Fails with kInvalidArgument and one line: the file and line where there is one, the field, the reason.
absl::StatusOr<Settings> ResolveSettings(const ConfigFile& file, const CommandLine& flags);

// The bounds and the default of each number, by field, as they are with this configuration. Those of a store
// are there when the configuration has that store.
std::map<std::string, NumberRule, std::less<>> NumberRules(const ConfigFile& file);

}  // namespace firstmile::app

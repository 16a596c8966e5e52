// What the sidecar runs with: flags over file over defaults, checked, secrets read.
//
// Built once at start, then read only.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "app/command_line.h"
#include "app/config_file.h"
#include "app/connection_settings.h"
#include "app/custody_settings.h"
#include "flows/verified_call.h"
#include "gateway/gateway.h"
#include "limits/limits_options.h"
#include "ops/call_log.h"
#include "secrets/secret.h"
#include "tokens/custody.h"
#include "tokens/keeper.h"
#include "transport/curl_transport.h"

namespace firstmile::app {

struct Settings {
  std::vector<std::string> listen;
  bool allow_anyone = false;  // at addresses that reach beyond this machine
  ConnectionSettings connections;
  transport::CurlTransportOptions transport;
  bool check_upstream = false;  // before anything is served
  gateway::GatewayOptions gateway;
  flows::VerifiedCallOptions flows;
  limits::LimitsOptions limits;
  bool share_limits = true;  // with the other sidecars of custody's Redis, where there is one
  std::int64_t partner_id = 0;
  secrets::Secret partner_key;
  StoreSettings store;
  tokens::CustodySettings custody;
  tokens::KeeperOptions keeper;
  std::string redirect_url;  // where sellers come back to after a login; may be empty
  int event_loops = 1;
  int stream_shops_in_parallel = 8;
  std::chrono::milliseconds default_deadline{30000};
  std::chrono::milliseconds drain_timeout{10000};
  std::chrono::milliseconds lame_duck{0};
  std::string metrics_listen;  // empty: metrics are not served
  bool reflection = true;
  bool readable_key_files = false;  // files with secrets are taken whoever may read them
  ops::LogLevel log_level = ops::LogLevel::kInfo;
  std::vector<std::string> warnings;  // what is allowed and yet deserves a line at each start
};

// Fails with kInvalidArgument and one line: the place in the file where there is one, the field, the reason.
absl::StatusOr<Settings> ResolveSettings(const ConfigFile& file, const CommandLine& flags);

}  // namespace firstmile::app

// How requests are sent: the settings for libcurl.
//
// Plain data.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "secrets/secret.h"
#include "transport/byte_budget.h"

namespace firstmile::transport {

// The proxy for all requests.
struct ProxyOptions {
  std::string url;  // scheme:  // scheme://host:port, with http, https or socks5h; empty: no proxy
  std::string user = {};
  secrets::Secret password = {};
};

struct CurlTransportOptions {
  std::size_t idle_connections_max = 256;         // kept for reuse
  std::size_t body_bytes_max = 32 * 1024 * 1024;  // per answer
  std::size_t sunk_bytes_max = 32 * 1024 * 1024;  // per answer that a sink takes
  std::chrono::milliseconds connect_timeout{5000};
  std::string user_agent = "firstmiled";
  std::string ca_file;            // PEM, trusted exclusively; empty: the system's
  bool allow_plain_http = false;  // false: https only
  bool http2 = false;             // over TLS, where the server supports it; otherwise HTTP/1.1
  ProxyOptions proxy = {};

  // Called on the loop when the upstream has sent unrequested bytes. `news`: the first time within a minute.
  // May be empty.
  std::function<void(bool news)> on_surplus = {};

  // The memory of large answers is taken from this budget. Null: unlimited. Outlives the transport and all
  // its answers.
  ByteBudget* answer_memory = nullptr;
};

}  // namespace firstmile::transport

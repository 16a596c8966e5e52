// How requests are sent: the part of the settings that libcurl needs.
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

// Through which all requests leave.
struct ProxyOptions {
  std::string url;  // scheme://host:port, of http, https or socks5h; empty: there is none
  std::string user = {};
  secrets::Secret password = {};
};

struct CurlTransportOptions {
  std::size_t connections_max = 256;
  std::size_t queue_max = 10000;                  // requests that wait for a connection
  std::size_t body_bytes_max = 32 * 1024 * 1024;  // of one answer
  std::chrono::milliseconds connect_timeout{5000};
  std::string user_agent = "firstmiled";
  std::string ca_file;            // PEM, trusted alone; empty: the system's
  bool allow_plain_http = false;  // else https only
  ProxyOptions proxy = {};

  // Told on the loop when the upstream has sent what no request asked for; `news`: no such thing is known of
  // the last minute. May be empty.
  std::function<void(bool news)> on_surplus = {};

  // Large answers take their bytes from it. Null: no bound. Outlives the transport and all its answers.
  ByteBudget* answer_memory = nullptr;
};

}  // namespace firstmile::transport

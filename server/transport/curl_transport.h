// HttpTransport over libcurl.
//
// Belongs to its loop's thread. Connections are reused by the loop's multi handle.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "transport/event_loop.h"
#include "transport/http_transport.h"
#include "transport/slots.h"

namespace firstmile::transport {

struct CurlTransportOptions {
  std::size_t connections_max = 256;
  std::size_t queue_max = 10000;                  // requests that wait for a connection
  std::size_t body_bytes_max = 32 * 1024 * 1024;  // of one answer
  std::chrono::milliseconds connect_timeout{5000};
  std::string user_agent = "firstmiled";
  std::string ca_file;            // PEM, trusted alone; empty: the system's
  bool allow_plain_http = false;  // else https only

  // Told on the loop when the upstream has sent what no request asked for; `news`: no such thing is known of
  // the last minute. May be empty.
  std::function<void(bool news)> on_surplus = {};

  // Large answers take their bytes from it. Null: no bound. Outlives the transport and all its answers.
  ByteBudget* answer_memory = nullptr;
};

class CurlTransport final : public HttpTransport {
 public:
  // `loop` outlives the transport. Construct it on any thread, destroy it after the loop has stopped.
  CurlTransport(EventLoop& loop, CurlTransportOptions options);
  ~CurlTransport() override;

  async::Task<HttpResult> Send(HttpRequest request, std::stop_token stop) override;
  void Distrust() override;

 private:
  class Transfer;

  void OnSurplus();
  bool trusts_connections() const { return loop_.clock().Monotonic() >= trusted_again_; }

  EventLoop& loop_;
  const CurlTransportOptions options_;
  Slots slots_;
  curl_slist* json_headers_;
  MonotonicTime trusted_again_ = MonotonicTime::min();  // until then no connection is used twice
};

}  // namespace firstmile::transport

// HttpTransport over libcurl.
//
// Belongs to its loop's thread. Connections are reused by the loop's multi handle.
#pragma once

#include <curl/curl.h>

#include <variant>

#include "transport/curl_options.h"
#include "transport/curl_transfer.h"
#include "transport/event_loop.h"
#include "transport/http_transport.h"
#include "transport/origin.h"
#include "transport/resolver.h"
#include "transport/slots.h"

namespace firstmile::transport {

class CurlTransport final : public HttpTransport {
 public:
  // `loop` outlives the transport. Construct it on any thread, destroy it after the loop has stopped.
  // Names are resolved by `look_up`; libcurl does it neither for the platform nor for a proxy.
  CurlTransport(EventLoop& loop, CurlTransportOptions options,
                Resolver::LookUp look_up = Resolver::AskSystem);
  ~CurlTransport() override;

  async::Task<HttpResult> Send(HttpRequest request, std::stop_token stop) override;
  void Distrust() override;

 private:
  // The route to the next hop, or why there is none. Takes the time of a look-up off the request's.
  async::Task<std::variant<TransferRoute, HttpResult>> FindRoute(HttpRequest& request, std::stop_token stop);
  HttpResult Unresolved(const std::string& host, const Resolver::Answer& answer, bool hurried) const;
  bool NeedsOwnConnection(const HttpRequest& request) const;
  Origin NextHop(const HttpRequest& request) const;  // the platform or the proxy
  void OnSurplus();
  bool trusts_connections() const { return loop_.clock().Monotonic() >= trusted_again_; }

  EventLoop& loop_;
  const CurlTransportOptions options_;
  Resolver resolver_;
  Slots slots_;
  curl_slist* json_headers_;
  const TransferSetup setup_;
  MonotonicTime trusted_again_ = MonotonicTime::min();  // until then no connection is used twice
};

}  // namespace firstmile::transport

// HttpTransport over libcurl.
//
// Not thread-safe; use it only on its event loop. The loop's multi handle reuses connections.
#pragma once

#include <curl/curl.h>

#include <variant>

#include "transport/curl_options.h"
#include "transport/curl_transfer.h"
#include "transport/event_loop.h"
#include "transport/http_transport.h"
#include "transport/origin.h"
#include "transport/resolver.h"

namespace firstmile::transport {

class CurlTransport final : public HttpTransport {
 public:
  // `loop` outlives the transport. Construct it on any thread; destroy it after the loop has stopped. All
  // names, Shopee's and a proxy's, are resolved by `look_up`, none by libcurl.
  CurlTransport(EventLoop& loop, CurlTransportOptions options,
                Resolver::LookUp look_up = Resolver::AskSystem);
  ~CurlTransport() override;

  async::Task<HttpResult> Send(HttpRequest request, std::stop_token stop) override;
  void Distrust() override;

 private:
  // Shopee or the proxy.
  struct NextHop {
    std::string url;  // without its path
    Origin origin = {};
    bool needs_resolving = false;
  };

  // The route to the next hop, or the failure. The time of a look-up is deducted from the request's.
  async::Task<std::variant<TransferRoute, HttpResult>> Resolve(HttpRequest& request, Origin next_hop,
                                                               std::stop_token stop);
  TransferRoute DirectRoute(const HttpRequest& request) const;
  HttpResult Unresolved(const std::string& host, const Resolver::Answer& answer, bool hurried) const;
  bool NeedsOwnConnection(const HttpRequest& request) const;
  const NextHop& NextHopOf(const HttpRequest& request);
  void OnSurplus();
  bool trusts_connections() const { return loop_.clock().Monotonic() >= trusted_again_; }

  EventLoop& loop_;
  const CurlTransportOptions options_;
  Resolver resolver_;
  curl_slist* json_headers_;
  const TransferSetup setup_;
  NextHop next_hop_;                                    // of the latest request; usually the same for all
  MonotonicTime trusted_again_ = MonotonicTime::min();  // until then no connection is reused
};

}  // namespace firstmile::transport

#include "transport/curl_transport.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "transport/curl_failure.h"

namespace firstmile::transport {
namespace {

// How long no connection is reused after unrequested bytes. A peer that sends them once may do so again,
// possibly during a request, when they cannot be told from the answer.
constexpr std::chrono::seconds kDistrust{60};

curl_slist* JsonHeaders() {
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  return curl_slist_append(headers, "Expect:");  // no wait for 100-continue before a body
}

}  // namespace

CurlTransport::CurlTransport(EventLoop& loop, CurlTransportOptions options, Resolver::LookUp look_up)
    : loop_(loop),
      options_(std::move(options)),
      resolver_(loop, std::move(look_up)),
      json_headers_(JsonHeaders()),
      setup_{loop_, options_, json_headers_, [this] { OnSurplus(); }} {
  loop_.Post([this] { loop_.pools().KeepConnections(static_cast<long>(options_.idle_connections_max)); });
}

CurlTransport::~CurlTransport() {
  curl_slist_free_all(json_headers_);
}

void CurlTransport::OnSurplus() {
  const bool news = trusts_connections();
  Distrust();
  if (options_.on_surplus) options_.on_surplus(news);
}

void CurlTransport::Distrust() {
  loop_.pools().Retire(loop_.pools().current());
  trusted_again_ = loop_.clock().Monotonic() + kDistrust;
}

const CurlTransport::NextHop& CurlTransport::NextHopOf(const HttpRequest& request) {
  const absl::string_view proxy = options_.proxy.url;
  const absl::string_view url = WithoutPath(proxy.empty() ? request.url.Reveal() : proxy);
  if (url != next_hop_.url) {
    const Origin origin = OriginOf(url);
    next_hop_ = {std::string(url), origin, NeedsResolving(origin.host)};
  }
  return next_hop_;
}

HttpResult CurlTransport::Unresolved(const std::string& host, const Resolver::Answer& answer,
                                     bool hurried) const {
  const std::string what = absl::StrCat(options_.proxy.url.empty() ? "the host " : "the proxy's host ", host);
  switch (answer.end) {
    case Resolver::End::kStopped:
      return {HttpFailure::kStoppedUnsent, "stopped", {}};
    case Resolver::End::kLate:
      return {hurried ? HttpFailure::kNotSentInTime : HttpFailure::kNotSent,
              absl::StrCat(what, " was not resolved in time"),
              {}};
    case Resolver::End::kAnswered:
      break;
  }
  const bool local = answer.addresses->local_fault || IsOutOfSockets();
  return {local ? HttpFailure::kLocalFault : HttpFailure::kNotSent,
          absl::StrCat(what, " cannot be resolved: ", answer.addresses->failure),
          {}};
}

TransferRoute CurlTransport::DirectRoute(const HttpRequest& request) const {
  return TransferRoute{.connect_timeout = options_.connect_timeout,
                       .hurried = request.timeout < options_.connect_timeout};
}

async::Task<std::variant<TransferRoute, HttpResult>> CurlTransport::Resolve(HttpRequest& request,
                                                                            Origin next_hop,
                                                                            std::stop_token stop) {
  TransferRoute route = DirectRoute(request);
  const MonotonicTime begin = loop_.clock().Monotonic();
  const MonotonicTime due = begin + std::min(request.timeout, options_.connect_timeout);
  const Resolver::Answer answer = co_await resolver_.Resolve(next_hop.host, due, std::move(stop));
  if (answer.addresses == nullptr || answer.addresses->found.empty()) {
    co_return Unresolved(next_hop.host, answer, route.hurried);
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(loop_.clock().Monotonic() - begin);
  request.timeout -= took;
  request.sink_timeout -= took;
  route.connect_timeout -= took;
  route.resolved =
      absl::StrCat(next_hop.host, ":", next_hop.port, ":", absl::StrJoin(answer.addresses->found, ","));
  co_return route;
}

// TLS to a proxy may buffer bytes from Shopee that cannot be inspected (connections.h). And when a sink
// pauses one HTTP/2 stream, libcurl 7.88 stops reading the connection's other streams.
bool CurlTransport::NeedsOwnConnection(const HttpRequest& request) const {
  return request.own_connection || !trusts_connections() || (options_.http2 && request.sink != nullptr) ||
         absl::StartsWithIgnoreCase(options_.proxy.url, "https:");
}

async::Task<HttpResult> CurlTransport::Send(HttpRequest request, std::stop_token stop) {
  std::variant<TransferRoute, HttpResult> found = DirectRoute(request);
  const NextHop& next_hop = NextHopOf(request);
  if (next_hop.needs_resolving) found = co_await Resolve(request, next_hop.origin, stop);
  if (auto* failure = std::get_if<HttpResult>(&found)) co_return std::move(*failure);
  // A transfer notices a stop one loop iteration later, after the request would have been sent.
  if (stop.stop_requested()) co_return HttpResult{HttpFailure::kStoppedUnsent, "stopped", {}};
  HttpResult result;
  {
    auto& route = std::get<TransferRoute>(found);
    route.own_connection = NeedsOwnConnection(request);
    CurlTransfer transfer(setup_, request, route, std::move(stop));
    const bool ended = co_await transfer.done();
    result = ended ? transfer.TakeResult() : transfer.TakeStopped();
  }
  if (result.failure == HttpFailure::kNotSent) resolver_.MarkSuspect(NextHopOf(request).origin.host);
  co_return result;
}

}  // namespace firstmile::transport

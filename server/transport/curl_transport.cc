#include "transport/curl_transport.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "transport/curl_failure.h"

namespace firstmile::transport {
namespace {

// How long no connection is used twice after an answer that nobody had asked for. What is sent that way once
// is sent again, and may come while a request is out, when it cannot be told from the answer.
constexpr std::chrono::seconds kDistrust{60};

curl_slist* JsonHeaders() {
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  return curl_slist_append(headers, "Expect:");  // no pause for 100-continue before a body
}

}  // namespace

CurlTransport::CurlTransport(EventLoop& loop, CurlTransportOptions options, Resolver::LookUp look_up)
    : loop_(loop),
      options_(std::move(options)),
      resolver_(loop, std::move(look_up)),
      slots_(loop, options_.connections_max, options_.queue_max),
      json_headers_(JsonHeaders()),
      setup_{loop_, options_, json_headers_, [this] { OnSurplus(); }} {
  loop_.Post([this] { loop_.multi().KeepConnections(static_cast<long>(options_.connections_max)); });
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
  loop_.multi().connections().Distrust();
  trusted_again_ = loop_.clock().Monotonic() + kDistrust;
}

Origin CurlTransport::NextHop(const HttpRequest& request) const {
  return OriginOf(options_.proxy.url.empty() ? request.url.Reveal() : options_.proxy.url);
}

HttpResult CurlTransport::Unresolved(const std::string& host, const Resolver::Answer& answer,
                                     bool hurried) const {
  const std::string what = absl::StrCat(options_.proxy.url.empty() ? "the host " : "the proxy's host ", host);
  switch (answer.end) {
    case Resolver::End::kStopped:
      return {HttpFailure::kStopped, "stopped", {}};
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

async::Task<std::variant<TransferRoute, HttpResult>> CurlTransport::FindRoute(HttpRequest& request,
                                                                              std::stop_token stop) {
  TransferRoute route{.connect_timeout = options_.connect_timeout,
                      .hurried = request.timeout < options_.connect_timeout};
  const Origin next_hop = NextHop(request);
  if (!NeedsResolving(next_hop.host)) co_return route;
  const MonotonicTime begin = loop_.clock().Monotonic();
  const MonotonicTime due = begin + std::min(request.timeout, options_.connect_timeout);
  const Resolver::Answer answer = co_await resolver_.Resolve(next_hop.host, due, std::move(stop));
  if (answer.addresses == nullptr || answer.addresses->found.empty()) {
    co_return Unresolved(next_hop.host, answer, route.hurried);
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(loop_.clock().Monotonic() - begin);
  request.timeout -= took;
  route.connect_timeout -= took;
  route.resolved =
      absl::StrCat(next_hop.host, ":", next_hop.port, ":", absl::StrJoin(answer.addresses->found, ","));
  co_return route;
}

// TLS to a proxy may hold bytes of the platform that nobody can look at (connections.h).
bool CurlTransport::NeedsOwnConnection(const HttpRequest& request) const {
  return request.own_connection || !trusts_connections() ||
         absl::StartsWithIgnoreCase(options_.proxy.url, "https:");
}

async::Task<HttpResult> CurlTransport::Send(HttpRequest request, std::stop_token stop) {
  std::variant<TransferRoute, HttpResult> found = co_await FindRoute(request, stop);
  if (auto* failure = std::get_if<HttpResult>(&found)) co_return std::move(*failure);
  const Slots::Admission admission = co_await slots_.Acquire(stop);
  if (admission == Slots::Admission::kQueueFull) {
    co_return HttpResult{HttpFailure::kOverloaded, "too many requests wait for a connection", {}};
  }
  if (admission == Slots::Admission::kStopped) co_return HttpResult{HttpFailure::kStopped, "stopped", {}};

  HttpResult result;
  {
    auto& route = std::get<TransferRoute>(found);
    route.own_connection = NeedsOwnConnection(request);
    CurlTransfer transfer(setup_, request, route, std::move(stop));
    const bool ended = co_await transfer.done();
    result = ended ? transfer.TakeResult() : HttpResult{HttpFailure::kStopped, "stopped", {}};
  }
  if (result.failure == HttpFailure::kNotSent) resolver_.Doubt(NextHop(request).host);
  slots_.Release();
  co_return result;
}

}  // namespace firstmile::transport

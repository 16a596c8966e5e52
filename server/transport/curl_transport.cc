#include "transport/curl_transport.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

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

async::Task<std::variant<std::string, HttpResult>> CurlTransport::Resolve(HttpRequest& request,
                                                                          std::stop_token stop) {
  const Origin next_hop = NextHop(request);
  if (!NeedsResolving(next_hop.host)) co_return "";
  const MonotonicTime begin = loop_.clock().Monotonic();
  const bool hurried = request.timeout < options_.connect_timeout;
  const MonotonicTime due = begin + std::min(request.timeout, options_.connect_timeout);
  const Resolver::Answer answer = co_await resolver_.Resolve(next_hop.host, due, std::move(stop));
  if (answer.end == Resolver::End::kStopped) co_return HttpResult{HttpFailure::kStopped, "stopped", {}};
  const absl::string_view of = options_.proxy.url.empty() ? "the host " : "the proxy's host ";
  if (answer.end == Resolver::End::kLate) {
    co_return HttpResult{hurried ? HttpFailure::kNotSentInTime : HttpFailure::kNotSent,
                         absl::StrCat(of, next_hop.host, " was not resolved in time"),
                         {}};
  }
  const Addresses& addresses = *answer.addresses;
  if (addresses.found.empty()) {
    co_return HttpResult{HttpFailure::kNotSent,
                         absl::StrCat(of, next_hop.host, " cannot be resolved: ", addresses.failure),
                         {}};
  }
  request.timeout -= std::chrono::duration_cast<std::chrono::milliseconds>(loop_.clock().Monotonic() - begin);
  co_return absl::StrCat(next_hop.host, ":", next_hop.port, ":", absl::StrJoin(addresses.found, ","));
}

async::Task<HttpResult> CurlTransport::Send(HttpRequest request, std::stop_token stop) {
  std::variant<std::string, HttpResult> resolved = co_await Resolve(request, stop);
  if (auto* failure = std::get_if<HttpResult>(&resolved)) co_return std::move(*failure);
  const Slots::Admission admission = co_await slots_.Acquire(stop);
  if (admission == Slots::Admission::kQueueFull) {
    co_return HttpResult{HttpFailure::kOverloaded, "too many requests wait for a connection", {}};
  }
  if (admission == Slots::Admission::kStopped) co_return HttpResult{HttpFailure::kStopped, "stopped", {}};

  HttpResult result;
  {
    const TransferRoute route{std::get<std::string>(std::move(resolved)),
                              request.own_connection || !trusts_connections()};
    CurlTransfer transfer(setup_, request, route, std::move(stop));
    const bool ended = co_await transfer.done();
    result = ended ? transfer.TakeResult() : HttpResult{HttpFailure::kStopped, "stopped", {}};
  }
  if (result.failure == HttpFailure::kNotSent) resolver_.Doubt(NextHop(request).host);
  slots_.Release();
  co_return result;
}

}  // namespace firstmile::transport

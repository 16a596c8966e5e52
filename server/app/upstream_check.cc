#include "app/upstream_check.h"

#include <future>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "transport/curl_transport.h"

namespace firstmile::app {
namespace {

constexpr std::chrono::seconds kAnswerTimeout{10};

async::Task<void> Send(transport::CurlTransport& transport, transport::HttpRequest request,
                       std::promise<transport::HttpResult>& promise) {
  promise.set_value(co_await transport.Send(std::move(request), {}));
}

transport::HttpResult Ask(const transport::CurlTransportOptions& options, transport::HttpRequest request) {
  const transport::SystemClock clock;
  transport::EventLoop loop(clock, "check");
  transport::CurlTransport transport(loop, options);
  std::promise<transport::HttpResult> promise;
  std::future<transport::HttpResult> result = promise.get_future();
  loop.Post([&] { async::Detach(Send(transport, std::move(request), promise)); });
  result.wait();
  loop.Stop();
  return result.get();
}

}  // namespace

absl::StatusOr<std::string> CheckUpstream(const std::string& base_url,
                                          const transport::CurlTransportOptions& options) {
  transport::HttpRequest request;
  request.url = secrets::Secret(absl::StrCat(base_url, "/"));
  request.timeout = options.connect_timeout + kAnswerTimeout;
  const transport::HttpResult result = Ask(options, std::move(request));
  if (result.failure != transport::HttpFailure::kNone) {
    return absl::UnavailableError(
        absl::StrCat("--check_upstream: no answer of ", base_url, ": ", result.detail));
  }
  return absl::StrCat(base_url, " answers, with HTTP status ", result.response.status,
                      options.proxy.url.empty() ? "" : ", through the proxy ", options.proxy.url);
}

}  // namespace firstmile::app

#include "app/base_url.h"

#include <curl/curl.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "app/loopback.h"

namespace firstmile::app {
namespace {

using UrlHandle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

absl::Status Refused(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("must be https://host or https://host:port, ", why));
}

// The part of a parsed URL, in lower case; empty when it has none.
std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy = absl::AsciiStrToLower(text);
  curl_free(text);
  return copy;
}

bool IsLoopbackUrlHost(absl::string_view host) {
  if (absl::ConsumePrefix(&host, "[")) host = absl::StripSuffix(host, "]");
  return IsLoopbackHost(host);
}

}  // namespace

absl::StatusOr<BaseUrl> ParseBaseUrl(absl::string_view url) {
  url = absl::StripSuffix(url, "/");
  const std::size_t scheme_end = url.find("://");
  const absl::string_view authority = scheme_end == url.npos ? "" : url.substr(scheme_end + 3);
  if (authority.empty()) return Refused("for example https://partner.shopeemobile.com");
  // An @ would make a user of what looks like the host, a % could spell any host.
  if (authority.find_first_of("/?#@\\%") != authority.npos) {
    return Refused("without a path, user, query, fragment or percent-encoding");
  }
  const UrlHandle parsed(curl_url(), &curl_url_cleanup);
  if (curl_url_set(parsed.get(), CURLUPART_URL, std::string(url).c_str(), 0) != CURLUE_OK) {
    return Refused("with a valid host and a port of 1 to 65535");
  }
  const std::string scheme = Part(parsed.get(), CURLUPART_SCHEME);
  const std::string host = Part(parsed.get(), CURLUPART_HOST);
  const std::string port = Part(parsed.get(), CURLUPART_PORT);
  if (scheme != "https" && scheme != "http") return Refused("or http:// for loopback hosts");
  if (port == "0") return Refused("with a valid host and a port of 1 to 65535");
  return BaseUrl{.text = absl::StrCat(scheme, "://", host, port.empty() ? "" : ":", port),
                 .plain_http = scheme == "http",
                 .loopback = IsLoopbackUrlHost(host)};
}

}  // namespace firstmile::app

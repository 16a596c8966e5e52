#include "app/base_url.h"

#include <curl/curl.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "app/loopback.h"
#include "transport/url_part.h"

namespace firstmile::app {
namespace {

using UrlHandle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

absl::Status Refused(absl::string_view forms, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("must be ", forms, ", ", why));
}

std::string LowerCasePart(const UrlHandle& url, CURLUPart part) {
  return absl::AsciiStrToLower(transport::UrlPart(url.get(), part));
}

bool IsLoopbackUrlHost(absl::string_view host) {
  if (absl::ConsumePrefix(&host, "[")) host = absl::StripSuffix(host, "]");
  return IsLoopbackHost(host);
}

struct Parts {
  std::string scheme;
  std::string host;
  std::string port;  // empty: not given
};

std::string TextOf(const Parts& parts) {
  return absl::StrCat(parts.scheme, "://", parts.host, parts.port.empty() ? "" : ":", parts.port);
}

// Fails with what a URL must not have.
absl::StatusOr<Parts> PartsOf(absl::string_view url, absl::string_view example) {
  const std::size_t scheme_end = url.find("://");
  const absl::string_view authority = scheme_end == url.npos ? "" : url.substr(scheme_end + 3);
  if (authority.empty()) return absl::InvalidArgumentError(absl::StrCat("for example ", example));
  // An @ would turn the host into a user name; a % could spell any host.
  if (authority.find_first_of("/?#@\\%") != authority.npos) {
    return absl::InvalidArgumentError("without a path, user, query, fragment or percent-encoding");
  }
  const UrlHandle parsed(curl_url(), &curl_url_cleanup);
  const CURLUcode code =
      curl_url_set(parsed.get(), CURLUPART_URL, std::string(url).c_str(), CURLU_NON_SUPPORT_SCHEME);
  Parts parts{LowerCasePart(parsed, CURLUPART_SCHEME), LowerCasePart(parsed, CURLUPART_HOST),
              LowerCasePart(parsed, CURLUPART_PORT)};
  if (code != CURLUE_OK || parts.port == "0") {
    return absl::InvalidArgumentError("with a valid host and a port of 1 to 65535");
  }
  return parts;
}

}  // namespace

absl::StatusOr<BaseUrl> ParseBaseUrl(absl::string_view url) {
  const absl::StatusOr<Parts> parts =
      PartsOf(absl::StripSuffix(url, "/"), "https://partner.shopeemobile.com");
  if (!parts.ok()) return Refused("https://host or https://host:port", parts.status().message());
  if (parts->scheme != "https" && parts->scheme != "http") {
    return Refused("https://host or https://host:port", "or http:// for loopback hosts");
  }
  return BaseUrl{.text = TextOf(*parts),
                 .plain_http = parts->scheme == "http",
                 .loopback = IsLoopbackUrlHost(parts->host)};
}

absl::StatusOr<std::string> ParseProxyUrl(absl::string_view url) {
  constexpr absl::string_view kForms = "http://host:port, https://host:port or socks5h://host:port";
  const absl::StatusOr<Parts> parts = PartsOf(absl::StripSuffix(url, "/"), "http://proxy.internal:3128");
  if (!parts.ok()) return Refused(kForms, parts.status().message());
  if (parts->scheme == "socks5") return Refused(kForms, "where socks5h lets the proxy resolve names");
  if (parts->scheme != "http" && parts->scheme != "https" && parts->scheme != "socks5h") {
    return Refused(kForms, "and nothing else");
  }
  if (parts->port.empty()) return Refused(kForms, "with the port, which proxies agree on no default for");
  return TextOf(*parts);
}

}  // namespace firstmile::app

#include "transport/origin.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <memory>

#include "absl/strings/match.h"
#include "transport/url_part.h"

namespace firstmile::transport {
namespace {

constexpr absl::string_view kSchemeEnd = "://";

}  // namespace

absl::string_view WithoutPath(absl::string_view url) {
  const std::size_t scheme_end = url.find(kSchemeEnd);
  if (scheme_end == url.npos) return "";
  return url.substr(0, url.find_first_of("/?#", scheme_end + kSchemeEnd.size()));
}

Origin OriginOf(absl::string_view url) {
  const absl::string_view without_path = WithoutPath(url);  // the rest may hold secrets
  if (without_path.empty()) return {};
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  if (curl_url_set(parsed.get(), CURLUPART_URL, std::string(without_path).c_str(),
                   CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return {};
  }
  return {UrlPart(parsed.get(), CURLUPART_HOST), UrlPart(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)};
}

bool NeedsResolving(absl::string_view host) {
  in_addr address{};
  return !host.empty() && !absl::StartsWith(host, "[") && !absl::EqualsIgnoreCase(host, "localhost") &&
         inet_pton(AF_INET, std::string(host).c_str(), &address) != 1;
}

}  // namespace firstmile::transport

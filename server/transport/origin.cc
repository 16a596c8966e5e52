#include "transport/origin.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <memory>

#include "absl/strings/match.h"

namespace firstmile::transport {
namespace {

constexpr absl::string_view kSchemeEnd = "://";

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}

}  // namespace

Origin OriginOf(absl::string_view url) {
  const std::size_t scheme_end = url.find(kSchemeEnd);
  if (scheme_end == url.npos) return {};
  // The rest may hold secrets, and is nobody's business here.
  const absl::string_view without_path =
      url.substr(0, url.find_first_of("/?#", scheme_end + kSchemeEnd.size()));
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  if (curl_url_set(parsed.get(), CURLUPART_URL, std::string(without_path).c_str(),
                   CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return {};
  }
  return {Part(parsed.get(), CURLUPART_HOST), Part(parsed.get(), CURLUPART_PORT)};
}

bool NeedsResolving(absl::string_view host) {
  in_addr address{};
  return !host.empty() && !absl::StartsWith(host, "[") && !absl::EqualsIgnoreCase(host, "localhost") &&
         inet_pton(AF_INET, std::string(host).c_str(), &address) != 1;
}

}  // namespace firstmile::transport

#include "app/upstream_settings.h"

#include <curl/curl.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "app/base_url.h"
#include "app/ca_file.h"
#include "codec/answer.h"
#include "secrets/secret_file.h"

namespace firstmile::app {
namespace {

constexpr char kDefaultUserAgent[] = "firstmiled/" FIRSTMILE_VERSION;

// RFC 1929 has one byte for the length of each.
constexpr std::size_t kProxyWordBytesMax = 255;

BaseUrl CheckedBaseUrl(ConfigValidator& check, absl::string_view url, bool allow_plain_http) {
  if (url.empty()) {
    check.Fail("upstream.base_url",
               "is required, here or as --upstream, for example https://partner.shopeemobile.com");
    return {};
  }
  absl::StatusOr<BaseUrl> parsed = ParseBaseUrl(url);
  if (!parsed.ok()) {
    check.Fail("upstream.base_url", parsed.status().message());
    return {};
  }
  if (parsed->plain_http && !parsed->loopback && !allow_plain_http) {
    check.Fail(
        "upstream.base_url",
        "plain http would show access tokens to the network; set upstream.allow_plain_http to permit it");
  }
  return *std::move(parsed);
}

// A file without a usable certificate is found here, not at the first call.
void CheckCaFile(ConfigValidator& check, const std::string& path, UpstreamSettings* settings) {
  const absl::StatusOr<CaFileContent> content = InspectCaFile(path, std::time(nullptr));
  if (!content.ok()) return check.Fail("upstream.ca_file", content.status().message());
  settings->transport.ca_file = path;
  if (content->not_valid_now == 0) return;
  settings->warnings.push_back(absl::StrCat("upstream.ca_file: ", content->not_valid_now, " of ",
                                            content->certificates, " certificates in ", path,
                                            " have expired or are not valid yet"));
}

// libcurl decoded users and passwords of proxies until then, and again when it connected anew.
constexpr unsigned kCurlThatTakesPercents = 0x080800;

// Whether libcurl would make another word of it.
bool LooksPercentEncoded(absl::string_view word) {
  if (curl_version_info(CURLVERSION_NOW)->version_num >= kCurlThatTakesPercents) return false;
  const auto is_digit = [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); };
  for (std::size_t at = 0; at + 2 < word.size(); ++at) {
    if (word[at] == '%' && is_digit(word[at + 1]) && is_digit(word[at + 2])) return true;
  }
  return false;
}

// Basic authentication ends the user at the first colon.
bool IsProxyUser(absl::string_view user) {
  return user.size() <= kProxyWordBytesMax && user.find(':') == user.npos && !LooksPercentEncoded(user) &&
         std::none_of(user.begin(), user.end(), absl::ascii_iscntrl);
}

void ResolveProxyPassword(ConfigValidator& check, const config::v1::Proxy& proxy, secrets::Secret* password) {
  absl::StatusOr<secrets::Secret> read = secrets::ReadSecretFile(proxy.password_file(), check.key_files());
  if (!read.ok()) return check.Fail("upstream.proxy.password_file", read.status().message());
  if (read->Reveal().size() > kProxyWordBytesMax) {
    return check.Fail("upstream.proxy.password_file",
                      absl::StrCat("its password is longer than ", kProxyWordBytesMax, " bytes"));
  }
  if (LooksPercentEncoded(read->Reveal())) {
    return check.Fail(
        "upstream.proxy.password_file",
        "a % with two hexadecimal digits behind it would reach the proxy as another character with "
        "libcurl before 8.8; choose another password");
  }
  *password = *std::move(read);
}

void ResolveProxy(ConfigValidator& check, const config::v1::Upstream& upstream, bool plain_http,
                  transport::ProxyOptions* options) {
  const config::v1::Proxy& proxy = upstream.proxy();
  absl::StatusOr<std::string> url = ParseProxyUrl(proxy.url());
  if (!url.ok()) return check.Fail("upstream.proxy.url", url.status().message());
  if (!IsProxyUser(proxy.user())) {
    return check.Fail("upstream.proxy.user",
                      absl::StrCat("must be of at most ", kProxyWordBytesMax,
                                   " bytes, without colons, control characters and %XX"));
  }
  if (plain_http && !upstream.allow_plain_http()) {
    return check.Fail("upstream.proxy.url",
                      "would show access tokens to the proxy, since upstream.base_url is of plain http; set "
                      "upstream.allow_plain_http to permit it");
  }
  options->url = *std::move(url);
  options->user = proxy.user();
  if (proxy.password_file().empty()) return;
  if (proxy.user().empty()) return check.Fail("upstream.proxy.user", "is required with a password_file");
  ResolveProxyPassword(check, proxy, &options->password);
}

void ResolveSizes(ConfigValidator& check, UpstreamSettings* settings) {
  const std::int64_t body = check.Number("upstream.max_body_bytes", 4096, 1 << 30, 32 << 20);
  const std::int64_t json_default = std::min(static_cast<std::int64_t>(codec::kJsonBytesMax), body);
  settings->transport.body_bytes_max = settings->transport.sunk_bytes_max = static_cast<std::size_t>(body);
  settings->json_bytes_max =
      static_cast<std::size_t>(check.Number("upstream.max_json_bytes", 4096, body, json_default));
}

}  // namespace

UpstreamSettings ResolveUpstreamSettings(ConfigValidator& check, const config::v1::Upstream& upstream,
                                         absl::string_view flag) {
  UpstreamSettings settings;
  const BaseUrl base_url =
      CheckedBaseUrl(check, flag.empty() ? upstream.base_url() : flag, upstream.allow_plain_http());
  settings.base_url = base_url.text;
  transport::CurlTransportOptions& transport = settings.transport;
  transport.allow_plain_http = base_url.plain_http;
  transport.http2 = upstream.http_version() == config::v1::HTTP_VERSION_2;
  transport.connect_timeout =
      std::chrono::milliseconds(check.Number("upstream.connect_timeout_ms", 1, 60'000, 3000));
  settings.connections_max =
      static_cast<std::size_t>(check.Number("upstream.max_connections", 1, 10'000, 256));
  ResolveSizes(check, &settings);
  if (const auto most = check.OptionalNumber("upstream.max_attempt_ms", 100, 600'000); most.has_value()) {
    settings.attempt_timeout_max = absl::Milliseconds(*most);
  }
  transport.user_agent = upstream.user_agent().empty() ? kDefaultUserAgent : upstream.user_agent();
  if (!upstream.ca_file().empty()) CheckCaFile(check, upstream.ca_file(), &settings);
  if (upstream.has_proxy()) ResolveProxy(check, upstream, base_url.plain_http, &transport.proxy);
  return settings;
}

}  // namespace firstmile::app

#include "emulator/http/browser.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

#include <algorithm>

namespace emulator::http {
namespace {

// Sandboxed pages and files send "null", which has none.
std::string_view AuthorityOf(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return {};
  url.remove_prefix(scheme_end + 3);
  return url.substr(0, url.find('/'));
}

bool SameText(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase({a.data(), a.size()}, {b.data(), b.size()});
}

}  // namespace

bool NamesItsPage(const Request& request) {
  return !request.origin.empty() || !request.referer.empty() || !request.sec_fetch_site.empty();
}

bool ComesFromAnotherOrigin(const Request& request) {
  // Sec-Fetch-Site is the browser's own comparison, which also holds behind a proxy that rewrites Host.
  // "none": the user typed the address.
  if (!request.sec_fetch_site.empty()) {
    return request.sec_fetch_site != "same-origin" && request.sec_fetch_site != "none";
  }
  const std::string& page = request.origin.empty() ? request.referer : request.origin;
  return !page.empty() && !SameText(AuthorityOf(page), request.host);
}

std::string HostName(std::string_view host_field) {
  std::string_view name = host_field.substr(0, host_field.find(':'));
  if (host_field.starts_with('[')) {
    const std::size_t end = std::min(host_field.find("]:"), host_field.size() - 1);
    name = host_field[end] == ']' ? host_field.substr(1, end - 1) : host_field;
  }
  return absl::AsciiStrToLower(absl::string_view(name.data(), name.size()));
}

}  // namespace emulator::http

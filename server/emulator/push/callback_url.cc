#include "emulator/push/callback_url.h"

#include <absl/strings/numbers.h>

#include <algorithm>

#include "emulator/push/limits.h"

namespace emulator::push {
namespace {

constexpr std::string_view kScheme = "http://";

bool IsPort(const std::string& text) {
  int port = 0;
  return text.size() <= 5 && absl::SimpleAtoi(text, &port) && port > 0 && port <= 65535 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<CallbackUrl> ParseCallbackUrl(std::string_view url) {
  const bool visible = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!visible || url.size() > kLongestUrl || !url.starts_with(kScheme)) return std::nullopt;
  const std::string_view rest = url.substr(kScheme.size());
  const std::size_t end = rest.find_first_of("/?");
  const std::string_view authority = rest.substr(0, end);
  const std::string_view target = end == std::string_view::npos ? "" : rest.substr(end);
  if (authority.find_first_of("@\\#") != std::string_view::npos || target.find('#') != std::string_view::npos)
    return std::nullopt;
  CallbackUrl parsed;
  parsed.host_field = authority;
  parsed.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  const bool is_ipv6 = authority.starts_with('[');
  const std::size_t bracket = authority.find(']');
  if (is_ipv6 && bracket == std::string_view::npos) return std::nullopt;
  const std::size_t colon = authority.find(':', is_ipv6 ? bracket : 0);
  parsed.host = is_ipv6 ? authority.substr(1, bracket - 1) : authority.substr(0, colon);
  parsed.port = colon == std::string_view::npos ? "80" : std::string(authority.substr(colon + 1));
  if (parsed.host.empty() || !IsPort(parsed.port)) return std::nullopt;
  return parsed;
}

std::string RedactUrl(std::string_view url) {
  std::string redacted(url.substr(0, url.find('?')));
  if (redacted.size() < url.size()) redacted += "?***";
  return redacted;
}

}  // namespace emulator::push

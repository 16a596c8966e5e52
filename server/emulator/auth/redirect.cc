#include "emulator/auth/redirect.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_replace.h>

#include <algorithm>

namespace emulator::auth {
namespace {

// The part after "http://" or "https://"; empty for other schemes.
std::string_view AfterScheme(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    const bool has_scheme = url.size() > scheme.size() &&
                            std::equal(scheme.begin(), scheme.end(), url.begin(), [](char a, char b) {
                              return a == absl::ascii_tolower(static_cast<unsigned char>(b));
                            });
    if (has_scheme) return url.substr(scheme.size());
  }
  return {};
}

std::string_view HostOf(std::string_view url) {
  std::string_view authority = AfterScheme(url);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

std::string Lower(std::string_view text) {
  return absl::AsciiStrToLower(std::string(text));
}

std::string PercentEncode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~') {
      encoded.push_back(c);
    } else {
      encoded += absl::StrFormat("%%%02X", byte);
    }
  }
  return encoded;
}

}  // namespace

bool IsWebUrl(std::string_view url) {
  const bool is_visible =
      std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; });
  return is_visible && url.size() <= kLongestRedirect && !HostOf(url).empty();
}

bool IsOfDomain(std::string_view url, std::string_view domain) {
  const std::string host = Lower(HostOf(url));
  const std::string wanted = Lower(domain);
  return wanted.empty() || host == wanted || host.ends_with("." + wanted);
}

std::string WithParameters(std::string_view url,
                           const std::vector<std::pair<std::string, std::string>>& parameters) {
  const std::size_t hash = std::min(url.find('#'), url.size());
  std::string result(url.substr(0, hash));
  char separator = result.find('?') == std::string::npos ? '?' : '&';
  for (const auto& [name, value] : parameters) {
    result.append(1, separator).append(name).append("=").append(PercentEncode(value));
    separator = '&';
  }
  return result.append(url.substr(hash));
}

std::string HtmlEscape(std::string_view text) {
  return absl::StrReplaceAll(
      std::string(text), {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

}  // namespace emulator::auth

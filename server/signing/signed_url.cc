#include "signing/signed_url.h"

#include <curl/curl.h>

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace firstmile::signing {
namespace {

struct CurlFree {
  void operator()(char* text) const { curl_free(text); }
};

secrets::Secret MakeSecret(absl::string_view text) {
  return secrets::Secret(std::string(text));
}

secrets::Secret Decoded(absl::string_view raw) {
  if (raw.empty()) return {};  // curl would use strlen
  int size = 0;
  const std::unique_ptr<char, CurlFree> text(
      curl_easy_unescape(nullptr, raw.data(), static_cast<int>(raw.size()), &size));
  if (text == nullptr) return MakeSecret(raw);
  return MakeSecret({text.get(), static_cast<std::size_t>(size)});
}

// Removes and returns the part before `end`; the whole rest when there is no `end`.
absl::string_view CutBefore(char end, absl::string_view* rest) {
  const std::size_t at = rest->find(end);
  const absl::string_view before = rest->substr(0, at);
  *rest = at == rest->npos ? absl::string_view() : rest->substr(at + 1);
  return before;
}

void SplitOrigin(absl::string_view* rest, SignedUrl* url) {
  const std::size_t scheme_end = rest->find("://");
  if (scheme_end == rest->npos) return;
  url->scheme = secrets::Secret(absl::AsciiStrToLower(rest->substr(0, scheme_end)));
  rest->remove_prefix(scheme_end + 3);
  const std::size_t host_end = rest->find_first_of("/?");
  url->host = secrets::Secret(absl::AsciiStrToLower(rest->substr(0, host_end)));
  rest->remove_prefix(host_end == rest->npos ? rest->size() : host_end);
}

// The start of the fragment; the # of an HTML ampersand, &#38; or &#x26;, is not one.
std::size_t FragmentOf(absl::string_view url) {
  std::size_t at = url.find('#');
  while (at != url.npos && at > 0 && url[at - 1] == '&' && at + 1 < url.size() &&
         (absl::ascii_isdigit(static_cast<unsigned char>(url[at + 1])) || url[at + 1] == 'x')) {
    at = url.find('#', at + 1);
  }
  return at;
}

}  // namespace

const UrlParameter* SignedUrl::Find(absl::string_view name) const {
  for (const UrlParameter& parameter : parameters) {
    if (parameter.name.Reveal() == name) return &parameter;
  }
  return nullptr;
}

int SignedUrl::Count(absl::string_view name) const {
  int count = 0;
  for (const UrlParameter& parameter : parameters) count += parameter.name.Reveal() == name ? 1 : 0;
  return count;
}

absl::string_view SignedUrl::ValueOf(absl::string_view name) const {
  const UrlParameter* parameter = Find(name);
  return parameter == nullptr ? "" : parameter->value.Reveal();
}

absl::StatusOr<SignedUrl> ParseSignedUrl(absl::string_view text) {
  absl::string_view rest = absl::StripAsciiWhitespace(text);
  rest = rest.substr(0, FragmentOf(rest));
  SignedUrl url;
  SplitOrigin(&rest, &url);
  url.path = MakeSecret(CutBefore('?', &rest));
  url.query = MakeSecret(rest);
  if (url.scheme.empty() && !absl::StartsWith(url.path.Reveal(), "/")) {
    return absl::InvalidArgumentError("must start with https://, http:// or the path /api/v2/...");
  }
  for (const absl::string_view part : absl::StrSplit(rest, '&', absl::SkipEmpty())) {
    if (url.parameters.size() == SignedUrl::kParametersMax) {
      return absl::InvalidArgumentError("has more parameters than any call of Shopee");
    }
    absl::string_view value = part;
    const absl::string_view name = CutBefore('=', &value);
    url.parameters.push_back({Decoded(name), MakeSecret(value), Decoded(value)});
  }
  return url;
}

secrets::Secret PercentEncoded(absl::string_view value) {
  if (value.empty()) return secrets::Secret();
  const std::unique_ptr<char, CurlFree> encoded(
      curl_easy_escape(nullptr, value.data(), static_cast<int>(value.size())));
  return secrets::Secret(std::string(encoded.get()));
}

}  // namespace firstmile::signing

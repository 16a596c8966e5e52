#include "signing/wrong_bases.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace firstmile::signing::wrong_bases {
namespace {

constexpr absl::string_view kApiPrefix = "/api/v2";

// Most seconds between a signer's two readings of its clock.
constexpr std::int64_t kSecondLook = 5;

// Most hours between local time and UTC.
constexpr std::int64_t kZoneHours = 14;

secrets::Secret Text(std::string text) {
  return secrets::Secret(std::move(text));
}

SignParts WithPath(SignParts parts, absl::string_view path) {
  parts.path = path;
  return parts;
}

SignParts WithToken(SignParts parts, absl::string_view token) {
  parts.token = token;
  return parts;
}

// The base string of every path; the paths need not outlive the call.
Secrets OfPaths(const SignCase& c, const Secrets& paths) {
  Secrets bases;
  for (const secrets::Secret& path : paths) bases.push_back(BaseOf(WithPath(c.parts, path.Reveal())));
  return bases;
}

Secrets OfTokens(const SignCase& c, const Secrets& tokens) {
  Secrets bases;
  if (c.parts.token.empty()) return bases;
  for (const secrets::Secret& token : tokens) bases.push_back(BaseOf(WithToken(c.parts, token.Reveal())));
  return bases;
}

Secrets OfScope(const SignCase& c, SignScope scope) {
  if (c.scope == scope) return {};
  const SignParts parts = PartsOf(c.question.url, scope);
  if (scope != SignScope::kPublic && parts.id.empty()) return {};
  Secrets bases;
  bases.push_back(BaseOf(parts));
  return bases;
}

// The query without its sign, as the signer had it.
std::string QueryWithoutSign(const SignedUrl& url) {
  std::string query;
  for (const UrlParameter& parameter : url.parameters) {
    if (parameter.name.Reveal() == "sign") continue;
    absl::StrAppend(&query, query.empty() ? "" : "&", parameter.name.Reveal(), "=", parameter.raw.Reveal());
  }
  return query;
}

std::vector<std::string> BusinessPairs(const SignedUrl& url, absl::string_view between) {
  std::vector<std::string> pairs;
  for (const UrlParameter& parameter : url.parameters) {
    const absl::string_view name = parameter.name.Reveal();
    const bool common = name == "partner_id" || name == "timestamp" || name == "sign" ||
                        name == "access_token" || name == "shop_id" || name == "merchant_id";
    if (!common) pairs.push_back(absl::StrCat(name, between, parameter.value.Reveal()));
  }
  return pairs;
}

// The spellings that signers may have used for a URL inside a parameter.
void AddSpellings(const UrlParameter& redirect, absl::string_view query, Secrets* spellings) {
  const absl::string_view address = redirect.value.Reveal();
  const absl::string_view raw = redirect.raw.Reveal();
  const secrets::Secret encoded = PercentEncoded(address);
  const absl::string_view bare = absl::StripSuffix(address, "/");
  for (const absl::string_view text : {address, raw, encoded.Reveal(), bare}) {
    spellings->push_back(Text(std::string(text)));
  }
  spellings->push_back(Text(absl::StrCat(bare, "/")));
  spellings->push_back(Text(absl::StrReplaceAll(
      encoded.Reveal(),
      {{"%3A", "%3a"}, {"%2F", "%2f"}, {"%3F", "%3f"}, {"%3D", "%3d"}, {"%2B", "%2b"}, {"%2C", "%2c"}})));
  spellings->push_back(Text(absl::StrReplaceAll(encoded.Reveal(), {{"%2F", "/"}})));
  // If it was not encoded, its own parameters look like those of the URL.
  const std::size_t begin = query.find(raw);
  if (begin == query.npos || !absl::StrContains(raw, "://")) return;
  for (std::size_t end = begin + raw.size(); end < query.size();) {
    end = std::min(query.find('&', end + 1), query.size());
    spellings->push_back(Text(std::string(query.substr(begin, end - begin))));
  }
}

std::array<absl::string_view, 5> InOrder(const SignParts& parts) {
  return {parts.partner_id, parts.path, parts.timestamp, parts.token, parts.id};
}

}  // namespace

Secrets AsPublic(const SignCase& c) {
  return OfScope(c, SignScope::kPublic);
}

Secrets AsShop(const SignCase& c) {
  return OfScope(c, SignScope::kShop);
}

Secrets AsMerchant(const SignCase& c) {
  return OfScope(c, SignScope::kMerchant);
}

Secrets HostIncluded(const SignCase& c) {
  const absl::string_view host = c.question.url.host.Reveal();
  const absl::string_view scheme = c.question.url.scheme.Reveal();
  if (host.empty()) return {};
  Secrets paths;
  paths.push_back(Text(absl::StrCat(scheme, "://", host, c.parts.path)));
  paths.push_back(Text(absl::StrCat(host, c.parts.path)));
  paths.push_back(Text(absl::StrCat(scheme, "://", host)));
  return OfPaths(c, paths);
}

Secrets PrefixMissing(const SignCase& c) {
  absl::string_view path = c.parts.path;
  Secrets paths;
  paths.push_back(Text(std::string(absl::StripPrefix(path, "/"))));
  if (absl::ConsumePrefix(&path, kApiPrefix)) {
    paths.push_back(Text(std::string(path)));
    paths.push_back(Text(std::string(absl::StripPrefix(path, "/"))));
    paths.push_back(Text(absl::StrCat("/v2", path)));
    paths.push_back(Text(absl::StrCat("/api/v1", path)));
  } else {
    paths.push_back(Text(absl::StrCat(kApiPrefix, path)));
  }
  return OfPaths(c, paths);
}

Secrets TrailingSlash(const SignCase& c) {
  Secrets paths;
  paths.push_back(Text(absl::StrCat(c.parts.path, "/")));
  paths.push_back(Text(std::string(absl::StripSuffix(c.parts.path, "/"))));
  return OfPaths(c, paths);
}

Secrets QueryIncluded(const SignCase& c) {
  const secrets::Secret without_sign = Text(QueryWithoutSign(c.question.url));
  Secrets paths;
  paths.push_back(Text(absl::StrCat(c.parts.path, "?", without_sign.Reveal())));
  paths.push_back(Text(absl::StrCat(c.parts.path, "?")));
  paths.push_back(Text(absl::StrCat(c.parts.path, "?", c.question.url.query.Reveal())));
  return OfPaths(c, paths);
}

Secrets PathCase(const SignCase& c) {
  Secrets paths;
  paths.push_back(Text(absl::AsciiStrToLower(c.parts.path)));
  paths.push_back(Text(absl::AsciiStrToUpper(c.parts.path)));
  return OfPaths(c, paths);
}

Secrets PathEncoded(const SignCase& c) {
  Secrets paths;
  paths.push_back(PercentEncoded(c.parts.path));
  return OfPaths(c, paths);
}

Secrets PathOfAnotherCall(const SignCase& c) {
  Secrets bases;
  for (const absl::string_view path : c.question.known_paths) {
    bases.push_back(BaseOf(WithPath(c.parts, path)));
  }
  return bases;
}

// The redirect URL in place of the path, or at either end.
Secrets RedirectSigned(const SignCase& c) {
  Secrets addresses;
  for (const char* name : {"redirect", "redirect_url", "redirect_uri"}) {
    const UrlParameter* redirect = c.question.url.Find(name);
    if (redirect == nullptr || redirect->value.empty()) continue;
    AddSpellings(*redirect, c.question.url.query.Reveal(), &addresses);
  }
  Secrets bases = OfPaths(c, addresses);
  for (const secrets::Secret& address : addresses) {
    bases.push_back(Text(absl::StrCat(c.parts.partner_id, c.parts.timestamp, address.Reveal())));
    bases.push_back(Text(absl::StrCat(address.Reveal(), c.parts.partner_id, c.parts.timestamp)));
  }
  return bases;
}

Secrets TokenEncoded(const SignCase& c) {
  const UrlParameter* token = c.question.url.Find("access_token");
  if (token == nullptr) return {};
  Secrets tokens;
  tokens.push_back(token->raw);
  tokens.push_back(PercentEncoded(c.parts.token));
  tokens.push_back(Text(absl::AsciiStrToLower(tokens.back().Reveal())));
  return OfTokens(c, tokens);
}

Secrets TokenSpaced(const SignCase& c) {
  Secrets tokens;
  for (const char* space : {"\n", "\r\n", " "}) tokens.push_back(Text(absl::StrCat(c.parts.token, space)));
  tokens.push_back(Text(absl::StrCat("\"", c.parts.token, "\"")));
  tokens.push_back(Text(absl::StrCat("Bearer ", c.parts.token)));
  tokens.push_back(Text(std::string(absl::StripAsciiWhitespace(c.parts.token))));
  return OfTokens(c, tokens);
}

Secrets RefreshTokenSigned(const SignCase& c) {
  Secrets tokens;
  for (const char* name : {"refresh_token", "token", "code"}) {
    const UrlParameter* other = c.question.url.Find(name);
    if (other != nullptr) tokens.push_back(other->value);
  }
  return OfTokens(c, tokens);
}

Secrets ParametersSigned(const SignCase& c) {
  const secrets::Secret right = BaseOf(c.parts);
  Secrets bases;
  for (const bool sorted : {false, true}) {
    for (const auto& [between, joint] : {std::pair("=", "&"), std::pair("=", ""), std::pair("", "")}) {
      std::vector<std::string> pairs = BusinessPairs(c.question.url, between);
      if (sorted) std::sort(pairs.begin(), pairs.end());
      bases.push_back(Text(absl::StrCat(right.Reveal(), absl::StrJoin(pairs, joint))));
    }
  }
  std::string values(right.Reveal());
  for (const std::string& pair : BusinessPairs(c.question.url, "=")) {
    absl::StrAppend(&values, pair.substr(pair.find('=') + 1));
  }
  bases.push_back(Text(std::move(values)));
  return bases;
}

Secrets WholeQuerySigned(const SignCase& c) {
  Secrets bases;
  for (const auto& [between, joint] : {std::pair("=", "&"), std::pair("", "")}) {
    std::vector<std::string> pairs;
    for (const UrlParameter& parameter : c.question.url.parameters) {
      if (parameter.name.Reveal() == "sign") continue;
      pairs.push_back(absl::StrCat(parameter.name.Reveal(), between, parameter.value.Reveal()));
    }
    bases.push_back(Text(absl::StrJoin(pairs, joint)));
    std::sort(pairs.begin(), pairs.end());
    bases.push_back(Text(absl::StrJoin(pairs, joint)));
    bases.push_back(Text(absl::StrCat(c.parts.path, bases.back().Reveal())));
    bases.push_back(Text(absl::StrCat(c.parts.path, "?", absl::StrJoin(pairs, joint))));
  }
  return bases;
}

Secrets OtherIdSigned(const SignCase& c) {
  Secrets bases;
  if (c.parts.id.empty()) return bases;
  for (const std::int64_t id : c.question.other_ids) {
    const std::string text = absl::StrCat(id);
    SignParts parts = c.parts;
    parts.id = text;
    bases.push_back(BaseOf(parts));
  }
  for (const char* name : {"shop_id", "merchant_id", "main_account_id", "supplier_id", "user_id"}) {
    SignParts parts = c.parts;
    parts.id = c.question.url.ValueOf(name);
    if (!parts.id.empty()) bases.push_back(BaseOf(parts));
  }
  return bases;
}

Secrets IdMissing(const SignCase& c) {
  SignParts parts = c.parts;
  parts.id = "";
  Secrets bases;
  bases.push_back(BaseOf(parts));
  return bases;
}

Secrets TokenMissing(const SignCase& c) {
  Secrets bases;
  bases.push_back(BaseOf(WithToken(c.parts, "")));
  return bases;
}

Secrets TokenAndIdSwapped(const SignCase& c) {
  SignParts parts = c.parts;
  std::swap(parts.token, parts.id);
  Secrets bases;
  bases.push_back(BaseOf(parts));
  return bases;
}

Secrets OrderWrong(const SignCase& c) {
  const std::array<absl::string_view, 5> texts = InOrder(c.parts);
  std::array<int, 5> order = {0, 1, 2, 3, 4};
  Secrets bases;
  do {
    std::string base;
    for (const int i : order) absl::StrAppend(&base, texts[static_cast<std::size_t>(i)]);
    bases.push_back(Text(std::move(base)));
  } while (std::next_permutation(order.begin(), order.end()));
  return bases;
}

Secrets PartsSeparated(const SignCase& c) {
  const std::array<absl::string_view, 5> texts = InOrder(c.parts);
  const auto end = c.parts.token.empty() && c.parts.id.empty() ? texts.begin() + 3 : texts.end();
  Secrets bases;
  for (const char* joint : {"&", "|", "\n", ",", ":", " ", "+", "-", "_", "."}) {
    bases.push_back(Text(absl::StrJoin(texts.begin(), end, joint)));
  }
  return bases;
}

Secrets LiteralNull(const SignCase& c) {
  Secrets bases;
  for (const char* null : {"None", "null", "undefined", "nil", "<nil>", "0"}) {
    SignParts parts = c.parts;
    if (parts.token.empty()) parts.token = null;
    if (parts.id.empty()) parts.id = null;
    bases.push_back(BaseOf(parts));
    parts = c.parts;
    if (parts.id.empty() || c.scope == SignScope::kPublic) continue;
    parts.id = null;
    bases.push_back(BaseOf(parts));
    parts = c.parts;
    parts.token = null;
    bases.push_back(BaseOf(parts));
  }
  return bases;
}

Secrets AnotherTime(const SignCase& c) {
  std::int64_t time = 0;
  if (!absl::SimpleAtoi(c.parts.timestamp, &time) || time < 0 || time > (std::int64_t{1} << 53)) return {};
  std::vector<std::int64_t> times = {time / 1000, time * 1000};
  for (std::int64_t i = 1; i <= kSecondLook; ++i) times.insert(times.end(), {time - i, time + i});
  for (std::int64_t i = 1; i <= kZoneHours; ++i) {
    times.insert(times.end(), {time - i * 3600, time + i * 3600});
  }
  Secrets bases;
  for (const std::int64_t other : times) {
    const std::string text = absl::StrCat(other);
    SignParts parts = c.parts;
    parts.timestamp = text;
    bases.push_back(BaseOf(parts));
  }
  return bases;
}

Secrets KeyInBase(const SignCase& c) {
  const absl::string_view key = c.question.key.Reveal();
  const secrets::Secret right = BaseOf(c.parts);
  Secrets bases;
  bases.push_back(Text(absl::StrCat(key, right.Reveal())));
  bases.push_back(Text(absl::StrCat(right.Reveal(), key)));
  bases.push_back(Text(
      absl::StrCat(c.parts.partner_id, key, c.parts.path, c.parts.timestamp, c.parts.token, c.parts.id)));
  return bases;
}

}  // namespace firstmile::signing::wrong_bases

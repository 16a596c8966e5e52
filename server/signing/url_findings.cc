#include "signing/url_findings.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace firstmile::signing {
namespace {

// How long Shopee accepts a timestamp, by its documents.
constexpr absl::Duration kTimestampLife = absl::Minutes(5);

// Larger values are milliseconds: as seconds, they begin in the year 2286.
constexpr std::int64_t kMillisecondsFrom = 10'000'000'000;

constexpr std::size_t kKeyLength = 64;
constexpr std::size_t kSignLength = 64;

constexpr absl::string_view kHosts[] = {
    "partner.shopeemobile.com",
    "openplatform.shopee.cn",
    "openplatform.shopee.com.br",
    "openplatform.sandbox.test-stable.shopee.sg",
    "openplatform.sandbox.test-stable.shopee.cn",
};
constexpr absl::string_view kOldHosts[] = {
    "partner.test-stable.shopeemobile.com",
    "openplatform.test-stable.shopee.cn",
    "partner.uat.shopeemobile.com",
};

constexpr FindingText kMissing = {
    "PARAMETER_MISSING", "is missing from the query, or empty.",
    "Give every call partner_id, timestamp and sign, and a shop or merchant call "
    "access_token and its id, too."};
constexpr FindingText kTwice = {"PARAMETER_TWICE", "appears more than once in the query.",
                                "Send each common parameter once."};
constexpr FindingText kNoNumber = {"PARAMETER_NOT_A_NUMBER", "is not an integer between 0 and 4294967295.",
                                   "Send the number in decimal digits, without quotes, signs or separators."};
constexpr FindingText kSwapped = {"TOKEN_AND_ID_SWAPPED", "The token and the id are swapped.",
                                  "Swap the values of access_token and of shop_id or merchant_id."};
constexpr FindingText kOtherSubject = {
    "ID_OF_ANOTHER_KIND",
    "The call needs the other kind of id: a shop call has a merchant_id, or a merchant call a shop_id.",
    "Send and sign the id that the call's page names."};
constexpr FindingText kMilliseconds = {"TIMESTAMP_IN_MILLISECONDS", "The timestamp is in milliseconds.",
                                       "Send and sign Unix seconds."};
constexpr FindingText kExpired = {
    "TIMESTAMP_EXPIRED", "behind the time of the call; Shopee accepts five minutes.",
    "Sign each call just before it is sent, and set the clock of the signing machine."};
constexpr FindingText kAhead = {
    "TIMESTAMP_AHEAD", "ahead of the time of the call; Shopee documents five minutes, without a direction.",
    "Set the clock of the signing machine, and give Unix seconds of UTC."};
constexpr FindingText kNoApiPath = {"PATH_NOT_OF_THE_API",
                                    "The path of the URL does not start with /api/v2/.",
                                    "Send the call to the path that its page names, from /api/v2/ on."};
constexpr FindingText kSlashes = {
    "PATH_SENT_WITH_SLASHES", "The URL's path has an extra slash.",
    "Send and sign the path without a slash at its end and without double slashes."};
constexpr FindingText kOldHost = {
    "HOST_RETIRED",
    "The host is an old sandbox. Integrators report that it answers error_sign to every call.",
    "Use the sandbox of today, openplatform.sandbox.test-stable.shopee.sg or .cn."};
constexpr FindingText kNoHost = {
    "HOST_UNKNOWN", "The host is not one that Shopee documents.",
    "If it is a proxy of yours, check that it forwards path and query unchanged."};
constexpr FindingText kOtherPartner = {
    "PARTNER_ID_NOT_OF_THE_KEY",
    "The URL's partner_id is not the sidecar's own, whose key was used for the check.",
    "Sign with the key of the URL's partner_id, or send that key in partner_key."};
constexpr FindingText kPlus = {"PLUS_NOT_ENCODED",
                               "A query value contains a plus sign, which many servers decode as a space.",
                               "Percent-encode every value: a plus is sent as %2B."};
constexpr FindingText kTwiceEncoded = {"TOKEN_ENCODED_TWICE",
                                       "The token in the query is percent-encoded twice.",
                                       "Percent-encode the token once, where the URL is put together."};
constexpr FindingText kKeySpace = {"KEY_GIVEN_WITH_SPACE",
                                   "The key in the request has white space around it.",
                                   "Trim the partner key where it is read."};
constexpr FindingText kKeyLengthWrong = {"KEY_LENGTH",
                                         "The key is not 64 characters long, as partner keys are.",
                                         "Copy the whole partner key from the console."};
constexpr FindingText kSignForm = {"SIGN_FORM", "The signature is not 64 lower-case hex digits.",
                                   "Send the HMAC-SHA256 as 64 lower-case hex digits."};

class UrlReader {
 public:
  UrlReader(const SignatureCheck& question, SignScope scope)
      : question_(question), url_(question.url), scope_(scope) {}

  std::vector<Finding> Read() {
    ReadPath();
    ReadParameters();
    ReadSubject();
    ReadTime();
    ReadHost();
    ReadKey();
    return std::move(findings_);
  }

 private:
  void Add(Certainty certainty, const FindingText& text, absl::string_view subject = "") {
    const std::string explanation =
        subject.empty() ? std::string(text.explanation) : absl::StrCat(subject, " ", text.explanation);
    findings_.push_back({std::string(text.code), certainty, explanation, std::string(text.remedy)});
  }
  void ReadPath();
  void ReadParameters();
  void ReadSubject();
  void ReadTime();
  void ReadHost();
  void ReadKey();
  bool IsTheSameEachTime(absl::string_view name) const;

  const SignatureCheck& question_;
  const SignedUrl& url_;
  const SignScope scope_;
  std::vector<Finding> findings_;
};

bool IsNumber(absl::string_view text) {
  std::uint32_t number = 0;
  const bool digits = std::all_of(text.begin(), text.end(),
                                  [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
  return digits && absl::SimpleAtoi(text, &number);
}

std::optional<std::int64_t> TimestampOf(const SignedUrl& url) {
  std::int64_t timestamp = 0;
  const absl::string_view text = url.ValueOf("timestamp");
  if (!absl::SimpleAtoi(text, &timestamp) || timestamp < 0 || text.size() > 13) return std::nullopt;
  return timestamp;
}

void UrlReader::ReadPath() {
  const absl::string_view path = url_.path.Reveal();
  if (!absl::StartsWith(path, "/api/v2/")) Add(Certainty::kProven, kNoApiPath);
  if (absl::EndsWith(path, "/") || absl::StrContains(path, "//")) Add(Certainty::kProven, kSlashes);
}

// If so, it does not matter which of them Shopee reads.
bool UrlReader::IsTheSameEachTime(absl::string_view name) const {
  const absl::string_view first = url_.ValueOf(name);
  return std::all_of(url_.parameters.begin(), url_.parameters.end(), [&](const UrlParameter& parameter) {
    return parameter.name.Reveal() != name || parameter.value.Reveal() == first;
  });
}

void UrlReader::ReadParameters() {
  std::vector<absl::string_view> needed = {"partner_id", "timestamp", "sign"};
  if (scope_ != SignScope::kPublic) needed.insert(needed.end(), {"access_token", SubjectParameterOf(scope_)});
  for (const absl::string_view name : needed) {
    const absl::string_view value = url_.ValueOf(name);
    if (value.empty()) Add(Certainty::kProven, kMissing, name);
    if (url_.Count(name) > 1)
      Add(IsTheSameEachTime(name) ? Certainty::kPossible : Certainty::kLikely, kTwice, name);
    if (value.empty() || name == "sign" || name == "access_token") continue;
    if (name == "timestamp" && TimestampOf(url_).value_or(0) >= kMillisecondsFrom) continue;
    if (!IsNumber(value)) Add(Certainty::kProven, kNoNumber, name);
  }
  const absl::string_view sign = url_.ValueOf("sign");
  const bool hex = std::all_of(sign.begin(), sign.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f');
  });
  if (!sign.empty() && (!hex || sign.size() != kSignLength)) Add(Certainty::kProven, kSignForm);
  const UrlParameter* token = url_.Find("access_token");
  const auto has_plus = [](const UrlParameter& each) { return absl::StrContains(each.raw.Reveal(), "+"); };
  const bool any = std::any_of(url_.parameters.begin(), url_.parameters.end(), has_plus);
  const bool in_token = scope_ != SignScope::kPublic && token != nullptr && has_plus(*token);
  if (any) Add(in_token ? Certainty::kLikely : Certainty::kPossible, kPlus);
}

void UrlReader::ReadSubject() {
  if (scope_ == SignScope::kPublic) return;
  const absl::string_view token = url_.ValueOf("access_token");
  const absl::string_view id = url_.ValueOf(SubjectParameterOf(scope_));
  if (!token.empty() && !id.empty() && IsNumber(token) && !IsNumber(id)) Add(Certainty::kProven, kSwapped);
  const SignScope other = scope_ == SignScope::kShop ? SignScope::kMerchant : SignScope::kShop;
  if (id.empty() && !url_.ValueOf(SubjectParameterOf(other)).empty()) Add(Certainty::kProven, kOtherSubject);
  const bool encoded = absl::StrContains(token, "%2") || absl::StrContains(token, "%3");
  if (encoded) Add(Certainty::kLikely, kTwiceEncoded);
}

void UrlReader::ReadTime() {
  if (TimestampOf(url_).value_or(0) >= kMillisecondsFrom) Add(Certainty::kProven, kMilliseconds);
  const std::optional<absl::Duration> offset = ClockOffset(url_, question_.sent);
  if (!offset.has_value()) return;
  const auto distance = [](absl::Duration time) {
    return absl::StrCat("The timestamp is ", absl::ToInt64Seconds(time), " seconds");
  };
  const bool known = question_.sent_is_known;
  if (*offset < -kTimestampLife) {
    Add(known ? Certainty::kProven : Certainty::kPossible, kExpired, distance(-*offset));
  }
  if (*offset > kTimestampLife) Add(Certainty::kLikely, kAhead, distance(*offset));
}

void UrlReader::ReadHost() {
  const absl::string_view host = url_.host.Reveal();
  if (host.empty()) return;
  if (std::find(std::begin(kOldHosts), std::end(kOldHosts), host) != std::end(kOldHosts)) {
    return Add(Certainty::kLikely, kOldHost);
  }
  if (std::find(std::begin(kHosts), std::end(kHosts), host) == std::end(kHosts)) {
    Add(Certainty::kPossible, kNoHost);
  }
}

void UrlReader::ReadKey() {
  const absl::string_view key = question_.key.Reveal();
  const absl::string_view bare = absl::StripAsciiWhitespace(key);
  if (bare.size() != key.size()) Add(Certainty::kPossible, kKeySpace);
  if (bare.size() != kKeyLength) Add(Certainty::kPossible, kKeyLengthWrong);
  const absl::string_view partner = url_.ValueOf("partner_id");
  std::int64_t id = 0;
  if (!question_.partner_id.has_value() || !IsNumber(partner) || !absl::SimpleAtoi(partner, &id)) return;
  if (id != *question_.partner_id) Add(Certainty::kLikely, kOtherPartner);
}

}  // namespace

std::optional<SignScope> DocumentedScope(absl::string_view path) {
  for (absl::string_view prefix : {"/api/v2/auth/", "/api/v2/public/", "/api/v2/push/",
                                   "/api/v2/shop/auth_partner", "/api/v2/shop/cancel_auth_partner"}) {
    if (absl::StartsWith(path, prefix)) return SignScope::kPublic;
  }
  if (absl::StartsWith(path, "/api/v2/merchant/")) return SignScope::kMerchant;
  return std::nullopt;
}

std::optional<absl::Duration> ClockOffset(const SignedUrl& url, absl::Time sent) {
  const std::optional<std::int64_t> timestamp = TimestampOf(url);
  if (!timestamp.has_value()) return std::nullopt;
  const absl::Time time =
      *timestamp >= kMillisecondsFrom ? absl::FromUnixMillis(*timestamp) : absl::FromUnixSeconds(*timestamp);
  return time - sent;
}

std::vector<Finding> FindInUrl(const SignatureCheck& question, SignScope scope) {
  return UrlReader(question, scope).Read();
}

std::vector<const FindingText*> AllUrlFindingTexts() {
  return {&kMissing,      &kTwice, &kNoNumber,     &kSwapped,  &kOtherSubject,   &kMilliseconds,
          &kExpired,      &kAhead, &kNoApiPath,    &kSlashes,  &kOldHost,        &kNoHost,
          &kOtherPartner, &kPlus,  &kTwiceEncoded, &kKeySpace, &kKeyLengthWrong, &kSignForm};
}

}  // namespace firstmile::signing

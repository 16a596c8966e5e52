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

// How long the platform accepts a timestamp, by its documents.
constexpr absl::Duration kTimestampLife = absl::Minutes(5);

// From here on a number of seconds is one of milliseconds: the year 2286.
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

constexpr Advice kMissing = {"PARAMETER_MISSING", "is missing in the query, or empty.",
                             "Give every call partner_id, timestamp and sign, and a shop or merchant call "
                             "access_token and its id, too."};
constexpr Advice kTwice = {"PARAMETER_TWICE", "stands more than once in the query.",
                           "Give each common parameter once."};
constexpr Advice kNoNumber = {"PARAMETER_NOT_A_NUMBER", "is no integer between 0 and 4294967295.",
                              "Give the number in decimal digits, without quotes, signs or separators."};
constexpr Advice kSwapped = {"TOKEN_AND_ID_SWAPPED",
                             "The token stands in the place of the id and the id in that "
                             "of the token.",
                             "Swap the values of access_token and of shop_id or merchant_id."};
constexpr Advice kOtherSubject = {
    "ID_OF_ANOTHER_KIND",
    "The call needs the id of the other kind: a shop call has a merchant_id, or a "
    "merchant call a shop_id.",
    "Send and sign the id that the call's page names."};
constexpr Advice kMilliseconds = {"TIMESTAMP_IN_MILLISECONDS", "The timestamp counts milliseconds.",
                                  "Give and sign Unix seconds."};
constexpr Advice kExpired = {
    "TIMESTAMP_EXPIRED", "behind the time of the call; the platform accepts five minutes.",
    "Sign each call just before it is sent, and set the clock of the signing machine."};
constexpr Advice kAhead = {"TIMESTAMP_AHEAD",
                           "ahead of the time of the call; documented are five minutes, in no direction.",
                           "Set the clock of the signing machine, and give Unix seconds of UTC."};
constexpr Advice kNoApiPath = {"PATH_NOT_OF_THE_API", "The path of the URL does not start with /api/v2/.",
                               "Send the call to the path that its page names, from /api/v2/ on."};
constexpr Advice kSlashes = {"PATH_SENT_WITH_SLASHES", "The path of the URL has a slash too much.",
                             "Send and sign the path without a slash at its end and without double slashes."};
constexpr Advice kOldHost = {"HOST_RETIRED",
                             "The host is an old sandbox, which is reported to answer error_sign to "
                             "every call.",
                             "Use the sandbox of today, openplatform.sandbox.test-stable.shopee.sg or .cn."};
constexpr Advice kNoHost = {"HOST_UNKNOWN", "The host is none of those that the platform documents.",
                            "Check that whatever answers there hands path and query on unchanged."};
constexpr Advice kOtherPartner = {
    "PARTNER_ID_NOT_OF_THE_KEY",
    "The partner_id of the URL is not that of the key, which is the sidecar's own.",
    "Sign with the key of the URL's partner_id, or give that key with the question."};
constexpr Advice kPlus = {"PLUS_NOT_ENCODED",
                          "A value of the query has a plus, which many servers read as a space.",
                          "Percent-encode every value: a plus is sent as %2B."};
constexpr Advice kTwiceEncoded = {"TOKEN_ENCODED_TWICE", "The token in the query was percent-encoded twice.",
                                  "Percent-encode the token once, where the URL is put together."};
constexpr Advice kKeySpace = {"KEY_GIVEN_WITH_SPACE", "The given key has white space around it.",
                              "Trim the partner key where it is read."};
constexpr Advice kKeyLengthWrong = {"KEY_LENGTH", "The key does not have the 64 characters of a partner key.",
                                    "Copy the whole partner key from the console."};
constexpr Advice kSignForm = {"SIGN_FORM", "The signature is not 64 lower-case hex digits.",
                              "Send the HMAC-SHA256 as 64 lower-case hex digits."};

class UrlReader {
 public:
  UrlReader(const SignQuestion& question, SignScope scope)
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
  void Add(Certainty certainty, const Advice& advice, absl::string_view subject = "") {
    const std::string explanation =
        subject.empty() ? std::string(advice.explanation) : absl::StrCat(subject, " ", advice.explanation);
    findings_.push_back({std::string(advice.code), certainty, explanation, std::string(advice.remedy)});
  }
  void ReadPath();
  void ReadParameters();
  void ReadSubject();
  void ReadTime();
  void ReadHost();
  void ReadKey();

  const SignQuestion& question_;
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

void UrlReader::ReadParameters() {
  std::vector<absl::string_view> needed = {"partner_id", "timestamp", "sign"};
  if (scope_ != SignScope::kPublic) needed.insert(needed.end(), {"access_token", SubjectParameterOf(scope_)});
  for (const absl::string_view name : needed) {
    const absl::string_view value = url_.ValueOf(name);
    if (value.empty()) Add(Certainty::kProven, kMissing, name);
    if (url_.Count(name) > 1) Add(Certainty::kLikely, kTwice, name);
    if (value.empty() || name == "sign" || name == "access_token") continue;
    if (name == "timestamp" && TimestampOf(url_).value_or(0) >= kMillisecondsFrom) continue;
    if (!IsNumber(value)) Add(Certainty::kProven, kNoNumber, name);
  }
  const absl::string_view sign = url_.ValueOf("sign");
  const bool hex = std::all_of(sign.begin(), sign.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f');
  });
  if (!sign.empty() && (!hex || sign.size() != kSignLength)) Add(Certainty::kProven, kSignForm);
  for (const UrlParameter& parameter : url_.parameters) {
    if (!absl::StrContains(parameter.raw.Reveal(), "+")) continue;
    Add(Certainty::kLikely, kPlus);
    break;
  }
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
    return absl::StrCat("The timestamp lies ", absl::ToInt64Seconds(time), " seconds");
  };
  if (*offset < -kTimestampLife) Add(Certainty::kProven, kExpired, distance(-*offset));
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
  if (bare.size() != key.size()) Add(Certainty::kLikely, kKeySpace);
  if (bare.size() != kKeyLength) Add(Certainty::kPossible, kKeyLengthWrong);
  const absl::string_view partner = url_.ValueOf("partner_id");
  if (!question_.partner_id.has_value() || partner.empty()) return;
  if (partner != absl::StrCat(*question_.partner_id)) Add(Certainty::kLikely, kOtherPartner);
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

std::vector<Finding> FindInUrl(const SignQuestion& question, SignScope scope) {
  return UrlReader(question, scope).Read();
}

std::vector<const Advice*> AllUrlAdvice() {
  return {&kMissing,      &kTwice, &kNoNumber,     &kSwapped,  &kOtherSubject,   &kMilliseconds,
          &kExpired,      &kAhead, &kNoApiPath,    &kSlashes,  &kOldHost,        &kNoHost,
          &kOtherPartner, &kPlus,  &kTwiceEncoded, &kKeySpace, &kKeyLengthWrong, &kSignForm};
}

}  // namespace firstmile::signing

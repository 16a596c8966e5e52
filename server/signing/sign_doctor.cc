#include "signing/sign_doctor.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "secrets/mask.h"
#include "signing/sign_mistakes.h"
#include "signing/url_findings.h"

namespace firstmile::signing {
namespace {

constexpr Advice kNoKnownMistake = {
    "NO_KNOWN_MISTAKE",
    "No known mistake gives this signature with this key: it was made with another key or with other values.",
    "Compare the signer's base string with the one of this answer, and check that key, partner_id and host "
    "are "
    "of one app and one environment: whether a key is of the sandbox or live cannot be told from here."};

constexpr Advice kEnvironment = {
    "ENVIRONMENT_UNKNOWN",
    "The signature is right under this key; whether the key belongs to the sandbox or live cannot be told "
    "from "
    "here.",
    "Check that key, partner_id and host are of one app and one environment, and that the key has not been "
    "reset in the console."};

// Digits of the largest id or time of the platform.
constexpr std::size_t kNumberDigitsMax = 10;

Finding FindingOf(const Advice& advice, Certainty certainty) {
  return {std::string(advice.code), certainty, std::string(advice.explanation), std::string(advice.remedy)};
}

// Searches the tables for what gives the signature of the URL.
class Search {
 public:
  Search(const SignCase& sign_case, bool complete)
      : case_(sign_case),
        complete_(complete),
        right_(BaseOf(sign_case.parts)),
        forms_(FormsOf(sign_case.question.url.ValueOf("sign"))) {}

  // One mistake goes before two: the simplest explanation is told.
  bool Run() {
    if (Matches(HmacSha256(key(), right_.Reveal()))) {
      if (!complete_) TryBases();  // what the URL lacks has a name, maybe
      return true;
    }
    return TryBases() || TryKeysAndHashes(right_.Reveal()) || TryBoth();
  }

  // True when nothing at all is wrong with the signature.
  bool IsRight() const { return found_.empty() && form_ == nullptr; }

  // What is wrong, when Run has found it.
  std::vector<Finding> Findings() const {
    std::vector<Finding> findings;
    findings.reserve(found_.size() + 1);
    for (const Advice* advice : found_) findings.push_back(FindingOf(*advice, Certainty::kProven));
    if (form_ != nullptr) findings.push_back(FindingOf(*form_, Certainty::kProven));
    return findings;
  }

 private:
  absl::string_view key() const { return case_.question.key.Reveal(); }

  bool Found(const Advice& advice) {
    found_.insert(found_.begin(), &advice);
    return true;
  }
  bool Matches(const secrets::Secret& digest);
  bool IsMistake(const secrets::Secret& base) const { return !complete_ || base.Reveal() != right_.Reveal(); }
  bool TryBases();
  bool TryKeysAndHashes(absl::string_view base);
  bool TryBoth();

  const SignCase& case_;
  const bool complete_;
  const secrets::Secret right_;
  const std::vector<SignForm> forms_;
  std::vector<const Advice*> found_;
  const Advice* form_ = nullptr;
};

bool Search::Matches(const secrets::Secret& digest) {
  for (const SignForm& form : forms_) {
    const std::size_t size = form.bytes.Reveal().size();
    const bool whole = size == digest.Reveal().size();
    const bool cut = form.advice != nullptr && form.advice->code == "SIGN_CUT";
    if (size == 0 || size > digest.Reveal().size() || (!whole && !cut)) continue;
    if (CRYPTO_memcmp(form.bytes.Reveal().data(), digest.Reveal().data(), size) != 0) continue;
    form_ = whole && cut ? nullptr : form.advice;
    return true;
  }
  return false;
}

bool Search::TryBases() {
  for (const BaseMistake& mistake : BaseMistakes()) {
    for (const secrets::Secret& base : mistake.build(case_)) {
      if (IsMistake(base) && Matches(HmacSha256(key(), base.Reveal()))) return Found(mistake.advice);
    }
  }
  return false;
}

bool Search::TryKeysAndHashes(absl::string_view base) {
  for (const KeyMistake& mistake : KeyMistakes()) {
    for (const secrets::Secret& wrong : mistake.build(key())) {
      if (wrong.Reveal() != key() && Matches(HmacSha256(wrong.Reveal(), base))) return Found(mistake.advice);
    }
  }
  for (const HashMistake& mistake : HashMistakes()) {
    for (const secrets::Secret& digest : mistake.digest(key(), base)) {
      if (Matches(digest)) return Found(mistake.advice);
    }
  }
  return false;
}

bool Search::TryBoth() {
  for (const BaseMistake& mistake : BaseMistakes()) {
    if (!mistake.with_other_mistakes) continue;
    for (const secrets::Secret& base : mistake.build(case_)) {
      if (IsMistake(base) && TryKeysAndHashes(base.Reveal())) return Found(mistake.advice);
    }
  }
  return false;
}

SignScope ScopeOf(const SignQuestion& question) {
  if (question.scope.has_value()) return *question.scope;
  const std::optional<SignScope> documented = DocumentedScope(question.url.path.Reveal());
  if (documented.has_value()) return *documented;
  if (!question.url.ValueOf("shop_id").empty()) return SignScope::kShop;
  return question.url.ValueOf("merchant_id").empty() ? SignScope::kPublic : SignScope::kMerchant;
}

bool IsComplete(const SignParts& parts, SignScope scope) {
  const bool common = !parts.partner_id.empty() && !parts.path.empty() && !parts.timestamp.empty();
  return common && (scope == SignScope::kPublic || (!parts.token.empty() && !parts.id.empty()));
}

std::string ShownNumber(absl::string_view value, absl::string_view name) {
  if (value.empty()) return absl::StrCat("<", name, ">");
  const bool digits = std::all_of(value.begin(), value.end(),
                                  [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
  return digits && value.size() <= kNumberDigitsMax ? std::string(value) : "***";
}

// A path of the API has only lower-case words; anything else may be a secret in the wrong place.
std::string ShownPath(const SignQuestion& question) {
  absl::string_view path = question.url.path.Reveal();
  absl::ConsumeSuffix(&path, "/");
  absl::string_view words = path;
  const bool api = absl::ConsumePrefix(&words, "/api/v2/");
  const bool plain = std::all_of(words.begin(), words.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) || c == '_' || c == '/';
  });
  if (!api || !plain || words.empty()) return "***";
  std::string shown(path);
  secrets::Mask mask;
  mask.Add(question.key);
  for (const UrlParameter& parameter : question.url.parameters) mask.Add(parameter.value);
  mask.Apply(&shown);
  return shown;
}

std::string ShownBase(const SignQuestion& question, const SignParts& parts, SignScope scope) {
  std::string base = absl::StrCat(ShownNumber(parts.partner_id, "partner_id"), ShownPath(question),
                                  ShownNumber(parts.timestamp, "timestamp"));
  if (scope == SignScope::kPublic) return base;
  absl::StrAppend(&base, parts.token.empty() ? "<access_token>" : "***",
                  ShownNumber(parts.id, SubjectParameterOf(scope)));
  return base;
}

bool IsAboutForm(const Finding& finding) {
  return absl::StartsWith(finding.code, "SIGN_") && finding.code != "SIGN_FORM";
}

// The surest first. The general word about the form goes when a special one stands there.
std::vector<Finding> Sorted(std::vector<Finding> findings) {
  const bool special = std::any_of(findings.begin(), findings.end(), IsAboutForm);
  std::vector<Finding> sorted;
  for (const Certainty certainty : {Certainty::kProven, Certainty::kLikely, Certainty::kPossible}) {
    for (Finding& finding : findings) {
      if (finding.certainty != certainty || (special && finding.code == "SIGN_FORM")) continue;
      sorted.push_back(std::move(finding));
    }
  }
  return sorted;
}

}  // namespace

absl::string_view SubjectParameterOf(SignScope scope) {
  switch (scope) {
    case SignScope::kPublic:
      return "";
    case SignScope::kShop:
      return "shop_id";
    case SignScope::kMerchant:
      return "merchant_id";
  }
  return "";
}

Diagnosis Diagnose(const SignQuestion& question) {
  Diagnosis diagnosis;
  diagnosis.scope = ScopeOf(question);
  const SignCase sign_case{question, diagnosis.scope, PartsOf(question.url, diagnosis.scope)};
  diagnosis.clock_offset = ClockOffset(question.url, question.sent);
  diagnosis.base_string = ShownBase(question, sign_case.parts, diagnosis.scope);

  const bool complete = IsComplete(sign_case.parts, diagnosis.scope);
  Search search(sign_case, complete);
  const bool explained = search.Run();
  diagnosis.matches = explained && complete && search.IsRight();
  if (explained) diagnosis.findings = search.Findings();
  for (Finding& finding : FindInUrl(question, diagnosis.scope)) {
    diagnosis.findings.push_back(std::move(finding));
  }
  const bool signed_at_all = !question.url.ValueOf("sign").empty();
  if (diagnosis.matches) diagnosis.findings.push_back(FindingOf(kEnvironment, Certainty::kPossible));
  if (!explained && signed_at_all) {
    diagnosis.findings.push_back(FindingOf(kNoKnownMistake, Certainty::kPossible));
  }
  diagnosis.findings = Sorted(std::move(diagnosis.findings));
  return diagnosis;
}

std::vector<const Advice*> AllAdvice() {
  std::vector<const Advice*> all = AllMistakes();
  for (const Advice* advice : AllUrlAdvice()) all.push_back(advice);
  all.insert(all.end(), {&kNoKnownMistake, &kEnvironment});
  return all;
}

}  // namespace firstmile::signing

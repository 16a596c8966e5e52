#include "signing/signature_diagnosis.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "secrets/key_text.h"
#include "secrets/mask.h"
#include "signing/copied_url.h"
#include "signing/sign_mistakes.h"
#include "signing/url_findings.h"

namespace firstmile::signing {
namespace {

constexpr FindingText kNoKnownMistake = {
    "NO_KNOWN_MISTAKE",
    "No known mistake produces this signature with this key: it was made with another key or other values.",
    "Compare the signer's base string with base_string of this response, and check that key, partner_id and "
    "host belong to one app and one environment: the sidecar cannot determine whether a key belongs to the "
    "sandbox or to the live environment."};

constexpr FindingText kEnvironment = {
    "ENVIRONMENT_UNKNOWN",
    "The signature is right for this key. The sidecar cannot determine whether the key belongs to the "
    "sandbox or to the live environment.",
    "Check that key, partner_id and host belong to one app and one environment, and that the key has not "
    "been "
    "reset in the console."};

// Digits of Shopee's largest id or time.
constexpr std::size_t kNumberDigitsMax = 10;

Finding FindingOf(const FindingText& text, Certainty certainty) {
  return {std::string(text.code), certainty, std::string(text.explanation), std::string(text.remedy)};
}

// Searches the tables for a mistake that gives the URL's signature.
class Search {
 public:
  Search(const SignCase& sign_case, bool complete)
      : case_(sign_case),
        complete_(complete),
        key_(secrets::CleanKey(sign_case.question.key).key),
        right_(BaseOf(sign_case.parts)),
        forms_(FormsOf(sign_case.question.url.ValueOf("sign"))) {}

  // Tries one mistake before two: the simplest explanation is reported.
  bool Run() {
    if (Matches(HmacSha256(key(), right_.Reveal()))) {
      if (!complete_) TryBases();  // a mistake may explain what the URL lacks
      return true;
    }
    return TryBases() || TryKeysAndHashes(right_.Reveal()) || TryBoth();
  }

  // True when nothing is wrong with the signature.
  bool IsRight() const { return found_.empty() && form_ == nullptr; }

  // What is wrong, if Run found it.
  std::vector<Finding> Findings() const {
    std::vector<Finding> findings;
    findings.reserve(found_.size() + 1);
    for (const FindingText* text : found_) findings.push_back(FindingOf(*text, Certainty::kProven));
    if (form_ != nullptr) findings.push_back(FindingOf(*form_, Certainty::kProven));
    return findings;
  }

 private:
  absl::string_view key() const { return key_.Reveal(); }

  bool Found(const FindingText& text) {
    found_.insert(found_.begin(), &text);
    return true;
  }
  bool Matches(const secrets::Secret& digest);
  bool IsMistake(const BaseMistake& mistake, const secrets::Secret& base) const {
    return base.Reveal() != right_.Reveal() || (!complete_ && mistake.of_absence);
  }
  bool TryBases();
  bool TryKeysAndHashes(absl::string_view base);
  bool TryBoth();

  const SignCase& case_;
  const bool complete_;
  const secrets::Secret key_;  // cleaned: no key has white space, quotes or a name around it
  const secrets::Secret right_;
  const std::vector<SignForm> forms_;
  std::vector<const FindingText*> found_;
  const FindingText* form_ = nullptr;
};

bool Search::Matches(const secrets::Secret& digest) {
  for (const SignForm& form : forms_) {
    const std::size_t size = form.bytes.Reveal().size();
    const bool whole = size == digest.Reveal().size();
    const bool cut = form.text != nullptr && form.text->code == "SIGN_CUT";
    if (size == 0 || size > digest.Reveal().size() || (!whole && !cut)) continue;
    if (CRYPTO_memcmp(form.bytes.Reveal().data(), digest.Reveal().data(), size) != 0) continue;
    form_ = whole && cut ? nullptr : form.text;
    return true;
  }
  return false;
}

bool Search::TryBases() {
  for (const BaseMistake& mistake : BaseMistakes()) {
    for (const secrets::Secret& base : mistake.build(case_)) {
      if (IsMistake(mistake, base) && Matches(HmacSha256(key(), base.Reveal()))) return Found(mistake.text);
    }
  }
  return false;
}

bool Search::TryKeysAndHashes(absl::string_view base) {
  for (const KeyMistake& mistake : KeyMistakes()) {
    for (const secrets::Secret& wrong : mistake.build(key())) {
      if (wrong.Reveal() != key() && Matches(HmacSha256(wrong.Reveal(), base))) return Found(mistake.text);
    }
  }
  for (const HashMistake& mistake : HashMistakes()) {
    for (const secrets::Secret& digest : mistake.digest(key(), base)) {
      if (Matches(digest)) return Found(mistake.text);
    }
  }
  return false;
}

bool Search::TryBoth() {
  for (const BaseMistake& mistake : BaseMistakes()) {
    if (!mistake.with_other_mistakes) continue;
    for (const secrets::Secret& base : mistake.build(case_)) {
      if (IsMistake(mistake, base) && TryKeysAndHashes(base.Reveal())) return Found(mistake.text);
    }
  }
  return false;
}

SignScope ScopeOf(const SignatureCheck& question) {
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

// API paths contain only lower-case words; anything else may be a misplaced secret.
std::string ShownPath(const SignatureCheck& question) {
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

std::string ShownBase(const SignatureCheck& question, const SignParts& parts, SignScope scope) {
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

// The most certain first. Drops the general finding about the encoding when there is a specific one.
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

namespace {

SignatureCheck WithUrl(const SignatureCheck& question, const SignedUrl& url) {
  return {.url = url,
          .key = question.key,
          .sent = question.sent,
          .sent_is_known = question.sent_is_known,
          .scope = question.scope,
          .partner_id = question.partner_id,
          .body = question.body,
          .other_ids = question.other_ids,
          .known_paths = question.known_paths};
}

Diagnosis DiagnoseAsSent(const SignatureCheck& question) {
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
  return diagnosis;
}

}  // namespace

// Reports what a page did to the URL first, then what was wrong before. If the signature is right anyway, the
// page's change is not why Shopee rejected the call.
Diagnosis Diagnose(const SignatureCheck& question) {
  Diagnosis diagnosis = DiagnoseAsSent(question);
  CopiedUrl copied = Uncopied(question.url);
  if (!copied.findings.empty() && !diagnosis.matches) {
    diagnosis = DiagnoseAsSent(WithUrl(question, copied.url));
    diagnosis.matches = false;
    std::erase_if(diagnosis.findings,
                  [](const Finding& finding) { return finding.code == kEnvironment.code; });
  }
  if (!copied.findings.empty()) diagnosis.uncopied = std::move(copied.url);
  diagnosis.findings.insert(diagnosis.findings.begin(), std::make_move_iterator(copied.findings.begin()),
                            std::make_move_iterator(copied.findings.end()));
  diagnosis.findings = Sorted(std::move(diagnosis.findings));
  return diagnosis;
}

std::vector<const FindingText*> AllFindingTexts() {
  std::vector<const FindingText*> all = AllMistakes();
  for (const FindingText* text : AllUrlFindingTexts()) all.push_back(text);
  for (const FindingText* text : AllCopyFindingTexts()) all.push_back(text);
  all.insert(all.end(), {&kNoKnownMistake, &kEnvironment});
  return all;
}

}  // namespace firstmile::signing

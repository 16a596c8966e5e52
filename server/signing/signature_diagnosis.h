// Diagnoses a signed URL: tries the known mistakes, each a table row (sign_mistakes.h, url_findings.h;
// README.md lists the findings).
//
// Pure functions; safe from any thread. No text that they return contains a key, a token or a signature,
// neither the given nor the right one: a caller could otherwise get calls signed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "secrets/secret.h"
#include "signing/signed_url.h"

namespace firstmile::signing {

// The identity in a call and its signature.
enum class SignScope { kPublic, kShop, kMerchant };

enum class Certainty { kProven, kLikely, kPossible };

// The text of a finding; constant, so that nothing from a URL gets into it.
struct FindingText {
  absl::string_view code;         // UPPER_SNAKE, stable
  absl::string_view explanation;  // one sentence
  absl::string_view remedy;       // one sentence
};

struct Finding {
  std::string code;
  Certainty certainty = Certainty::kPossible;
  std::string explanation;
  std::string remedy;
};

// Everything known about a rejected call. What it refers to outlives it.
struct SignatureCheck {
  const SignedUrl& url;
  const secrets::Secret& key;
  absl::Time sent;
  bool sent_is_known = true;  // false: `sent` is the time of this check, perhaps much later

  // The identity that the path needs; empty: as documented for its module, otherwise as in the parameters.
  std::optional<SignScope> scope = std::nullopt;

  // The partner that the key belongs to; empty: unknown.
  std::optional<std::int64_t> partner_id = std::nullopt;

  absl::string_view body = "";
  absl::Span<const std::int64_t> other_ids = {};         // ids of shops and merchants that may be confused
  absl::Span<const absl::string_view> known_paths = {};  // of other calls
};

struct Diagnosis {
  bool matches = false;           // the signature fits the URL's own path and parameters
  std::vector<Finding> findings;  // the most certain first
  SignScope scope = SignScope::kPublic;
  std::string base_string;  // in its correct form, masked

  // The URL before a page, a log or a line break changed it; empty: unchanged. Unless `matches`, everything
  // else describes this one.
  std::optional<SignedUrl> uncopied = std::nullopt;
  std::optional<absl::Duration> clock_offset = std::nullopt;
};

Diagnosis Diagnose(const SignatureCheck& question);

// All texts that a diagnosis can contain, for the list in README.md.
std::vector<const FindingText*> AllFindingTexts();

// "shop_id" or "merchant_id"; empty for a public call.
absl::string_view SubjectParameterOf(SignScope scope);

}  // namespace firstmile::signing

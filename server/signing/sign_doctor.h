// Finds out what is wrong with a signed URL: tries the known mistakes one after the other, each a row of a
// table (sign_mistakes.h, url_findings.h; README.md lists what they find).
//
// Pure functions; safe from any thread. No text that they give holds a key, a token or a signature, neither
// the given nor the right one: who may ask could otherwise have calls signed.
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

// Which identity a call carries and signs with.
enum class SignScope { kPublic, kShop, kMerchant };

enum class Certainty { kProven, kLikely, kPossible };

// What a finding says; constant texts, so that nothing of a URL gets into them.
struct Advice {
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

// Everything that is known of a call that is refused. What it refers to outlives the question.
struct SignQuestion {
  const SignedUrl& url;
  const secrets::Secret& key;
  absl::Time sent;

  // The identity that the path needs; empty: as the documents say of its module, else as the parameters do.
  std::optional<SignScope> scope = std::nullopt;

  // The partner that the key belongs to; empty: not known.
  std::optional<std::int64_t> partner_id = std::nullopt;

  absl::string_view body = "";
  absl::Span<const std::int64_t> other_ids = {};         // of shops and merchants that may be mixed up
  absl::Span<const absl::string_view> known_paths = {};  // of other calls
};

struct Diagnosis {
  bool matches = false;           // the URL has the signature of its own path and parameters
  std::vector<Finding> findings;  // the surest first
  SignScope scope = SignScope::kPublic;
  std::string base_string;  // in its right form, masked
  std::optional<absl::Duration> clock_offset = std::nullopt;
};

Diagnosis Diagnose(const SignQuestion& question);

// All advice that a diagnosis can give; README.md lists it.
std::vector<const Advice*> AllAdvice();

// "shop_id" or "merchant_id"; empty for a public call.
absl::string_view SubjectParameterOf(SignScope scope);

}  // namespace firstmile::signing

// The known signing mistakes: wrong base strings, wrong keys, wrong hashes, wrong encodings of the result.
//
// Pure functions over constant tables; safe from any thread. Part of the signature diagnosis.
#pragma once

#include <vector>

#include "signing/signature_diagnosis.h"

namespace firstmile::signing {

// The parts of a base string, verbatim from the URL. They refer to the SignatureCheck.
struct SignParts {
  absl::string_view partner_id;
  absl::string_view path;
  absl::string_view timestamp;
  absl::string_view token;  // empty for a public call
  absl::string_view id;     // empty for a public call
};

SignParts PartsOf(const SignedUrl& url, SignScope scope);

// The correct base string of these parts.
secrets::Secret BaseOf(const SignParts& parts);

// The input of the tables below.
struct SignCase {
  const SignatureCheck& question;
  SignScope scope;
  SignParts parts;
};

using Secrets = std::vector<secrets::Secret>;

// A wrong base string. It may give several texts, including the right one; those that cannot be built are
// left out.
struct BaseMistake {
  FindingText text;
  Secrets (*build)(const SignCase& sign_case);
  bool with_other_mistakes;  // also tried together with a wrong key or hash
  bool of_absence = false;   // explains a missing part: the URL may have only the base string
};
absl::Span<const BaseMistake> BaseMistakes();

// A wrong key derived from the right one.
struct KeyMistake {
  FindingText text;
  Secrets (*build)(absl::string_view key);
};
absl::Span<const KeyMistake> KeyMistakes();

// A wrong way to compute the signature's bytes.
struct HashMistake {
  FindingText text;
  Secrets (*digest)(absl::string_view key, absl::string_view base);
};
absl::Span<const HashMistake> HashMistakes();

// The bytes of HMAC-SHA256.
secrets::Secret HmacSha256(absl::string_view key, absl::string_view message);

// The bytes that the given signature may encode. Null text: its encoding is right.
struct SignForm {
  const FindingText* text;
  secrets::Secret bytes;
};
std::vector<SignForm> FormsOf(absl::string_view sign);

// All texts of the tables, for the list in README.md.
std::vector<const FindingText*> AllMistakes();

}  // namespace firstmile::signing

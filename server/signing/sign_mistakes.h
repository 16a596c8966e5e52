// The known ways to sign wrongly: wrong base strings, wrong keys, wrong hashes, wrong forms of the result.
//
// Pure functions over constant tables; safe from any thread. Part of the sign doctor.
#pragma once

#include <vector>

#include "signing/sign_doctor.h"

namespace firstmile::signing {

// The texts of a base string, each as the URL has it. They point into the question.
struct SignParts {
  absl::string_view partner_id;
  absl::string_view path;
  absl::string_view timestamp;
  absl::string_view token;  // empty for a public call
  absl::string_view id;     // empty for a public call
};

SignParts PartsOf(const SignedUrl& url, SignScope scope);

// The right base string of these parts.
secrets::Secret BaseOf(const SignParts& parts);

// What the tables below look at.
struct SignCase {
  const SignQuestion& question;
  SignScope scope;
  SignParts parts;
};

using Secrets = std::vector<secrets::Secret>;

// A wrong base string. It may give several texts, the right one among them; those that cannot be built are
// left out.
struct BaseMistake {
  Advice advice;
  Secrets (*build)(const SignCase& sign_case);
  bool with_other_mistakes;  // tried together with a wrong key or hash, too
};
absl::Span<const BaseMistake> BaseMistakes();

// A wrong key made of the right one.
struct KeyMistake {
  Advice advice;
  Secrets (*build)(absl::string_view key);
};
absl::Span<const KeyMistake> KeyMistakes();

// A wrong way to make the bytes of the signature.
struct HashMistake {
  Advice advice;
  Secrets (*digest)(absl::string_view key, absl::string_view base);
};
absl::Span<const HashMistake> HashMistakes();

// Bytes of HMAC-SHA256.
secrets::Secret HmacSha256(absl::string_view key, absl::string_view message);

// The bytes that the given signature may stand for. Null advice: its form is right.
struct SignForm {
  const Advice* advice;
  secrets::Secret bytes;
};
std::vector<SignForm> FormsOf(absl::string_view sign);

// All advice of the tables, for their list in README.md.
std::vector<const Advice*> AllMistakes();

}  // namespace firstmile::signing

#include "tokens/stores/encryption_keys.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "secrets/hex.h"

namespace firstmile::tokens {
namespace {

constexpr std::size_t kHexDigits = 2 * kEncryptionKeyBytes;
constexpr std::size_t kBase64Characters = 44;

// Returns an empty secret when the line is not a key.
secrets::Secret DecodeKey(absl::string_view line) {
  if (line.size() == kHexDigits) return secrets::FromHex(line);
  std::string bytes;
  bytes.reserve(kBase64Characters);  // one allocation: growing would leave pieces of the key in freed memory
  if (line.size() != kBase64Characters || !absl::Base64Unescape(line, &bytes)) bytes.clear();
  secrets::Secret key(std::move(bytes));
  return key.Reveal().size() == kEncryptionKeyBytes ? key : secrets::Secret();
}

absl::StatusOr<std::string> KeyId(const secrets::Secret& key) {
  constexpr absl::string_view kLabel = "firstmile sealing key id 1:";
  const secrets::Secret labelled(absl::StrCat(kLabel, key.Reveal()));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  if (EVP_Digest(labelled.Reveal().data(), labelled.Reveal().size(), digest.data(), nullptr, EVP_sha256(),
                 nullptr) != 1) {
    return absl::InternalError("OpenSSL offers no SHA-256");
  }
  return std::string(digest.begin(), digest.begin() + kEncryptionKeyIdBytes);
}

absl::Status AddKey(absl::string_view line, std::size_t number, std::vector<EncryptionKey>* keys) {
  secrets::Secret bytes = DecodeKey(line);
  if (bytes.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "line ", number, " of the encryption keys is no key: give 32 random bytes as ", kHexDigits,
        " hexadecimal digits or ", kBase64Characters, " characters of base64 (`openssl rand -base64 32`)"));
  }
  absl::StatusOr<std::string> id = KeyId(bytes);
  if (!id.ok()) return id.status();
  if (std::any_of(keys->begin(), keys->end(), [&](const EncryptionKey& key) { return key.id == *id; })) {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", number, " of the encryption keys repeats the key of an earlier line"));
  }
  if (keys->size() == kEncryptionKeysMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", number, " of the encryption keys is one too many: at most ", kEncryptionKeysMax,
                     " keys are taken; remove those that encrypt no record any more"));
  }
  keys->push_back(EncryptionKey{.bytes = std::move(bytes), .id = *std::move(id)});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<EncryptionKey>> ParseEncryptionKeys(const secrets::Secret& text) {
  std::vector<EncryptionKey> keys;
  std::size_t number = 0;
  for (const absl::string_view raw : absl::StrSplit(text.Reveal(), '\n')) {
    ++number;
    const absl::string_view line = absl::StripAsciiWhitespace(raw);
    if (line.empty() || line.front() == '#') continue;
    if (absl::Status added = AddKey(line, number, &keys); !added.ok()) return added;
  }
  if (keys.empty()) return absl::InvalidArgumentError("the encryption keys hold no key");
  return keys;
}

}  // namespace firstmile::tokens

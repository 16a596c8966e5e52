#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "secrets/hex.h"
#include "signing/sign_mistakes.h"

namespace firstmile::signing {
namespace {

// Hex digits of a signature; fewer are not enough to compare.
constexpr std::size_t kSignHexDigits = 64;
constexpr std::size_t kSignHexDigitsMin = 32;

secrets::Secret Text(std::string text) {
  return secrets::Secret(std::move(text));
}

Secrets HexDecoded(absl::string_view key) {
  absl::ConsumePrefix(&key, "shpk");
  Secrets keys;
  if (secrets::Secret bytes = secrets::FromHex(key); !bytes.empty()) keys.push_back(std::move(bytes));
  return keys;
}

Secrets Base64Decoded(absl::string_view key) {
  Secrets keys;
  std::string decoded;
  if (absl::Base64Unescape(key, &decoded)) keys.push_back(Text(decoded));
  if (absl::WebSafeBase64Unescape(key, &decoded)) keys.push_back(Text(decoded));
  return keys;
}

Secrets Encoded(absl::string_view key) {
  Secrets keys;
  keys.push_back(Text(absl::Base64Escape(key)));
  keys.push_back(Text(absl::WebSafeBase64Escape(key)));
  keys.push_back(Text(absl::BytesToHexString(key)));
  return keys;
}

Secrets Spaced(absl::string_view key) {
  Secrets keys;
  for (const char* space : {"\n", "\r\n", "\r", " ", "\t"}) keys.push_back(Text(absl::StrCat(key, space)));
  keys.push_back(Text(absl::StrCat(" ", key)));
  keys.push_back(Text(absl::StrCat("\xEF\xBB\xBF", key)));  // a byte-order mark
  keys.push_back(Text(std::string(absl::StripAsciiWhitespace(key))));
  return keys;
}

Secrets Quoted(absl::string_view key) {
  Secrets keys;
  keys.push_back(Text(absl::StrCat("\"", key, "\"")));
  keys.push_back(Text(absl::StrCat("'", key, "'")));
  return keys;
}

Secrets WithoutPrefix(absl::string_view key) {
  Secrets keys;
  if (absl::ConsumePrefix(&key, "shpk")) {
    keys.push_back(Text(std::string(key)));
  } else {
    keys.push_back(Text(absl::StrCat("shpk", key)));
  }
  return keys;
}

Secrets OtherCase(absl::string_view key) {
  Secrets keys;
  keys.push_back(Text(absl::AsciiStrToUpper(key)));
  keys.push_back(Text(absl::AsciiStrToLower(key)));
  return keys;
}

Secrets Cut(absl::string_view key) {
  Secrets keys;
  if (key.size() < 2) return keys;
  keys.push_back(Text(std::string(key.substr(0, key.size() - 1))));
  keys.push_back(Text(std::string(key.substr(1))));
  return keys;
}

Secrets Empty(absl::string_view) {
  Secrets keys;
  keys.emplace_back();
  return keys;
}

constexpr KeyMistake kKeyMistakes[] = {
    {{"KEY_HEX_DECODED", "The key was hex-decoded before use.",
      "Use the text of the partner key as it stands, as bytes: also one of hex digits is not decoded."},
     HexDecoded},
    {{"KEY_BASE64_DECODED", "The key was base64-decoded before use.",
      "Use the text of the partner key as it stands, as bytes."},
     Base64Decoded},
    {{"KEY_ENCODED", "The key was encoded as base64 or hex before use.",
      "Use the text of the partner key as it stands, as bytes."},
     Encoded},
    {{"KEY_WHITE_SPACE", "The key was used with white space or a byte-order mark around it.",
      "Trim the partner key where it is read: files often end with a line break."},
     Spaced},
    {{"KEY_QUOTED", "The key was used with quotes around it.",
      "Take the quotes off the partner key where it is read."},
     Quoted},
    {{"KEY_PREFIX", "The key was used without its prefix shpk, or with the prefix added.",
      "Use the partner key as the console shows it, shpk included."},
     WithoutPrefix},
    {{"KEY_LETTER_CASE", "The key was converted to upper or lower case.",
      "Use the partner key as the console shows it."},
     OtherCase},
    {{"KEY_CUT", "The key was used without its first or last character.",
      "Copy the whole partner key from the console."},
     Cut},
    {{"KEY_EMPTY", "An empty key was used.",
      "Configure the partner key in the signer; it used an empty one."},
     Empty},
};

secrets::Secret Bytes(const unsigned char* data, unsigned int size) {
  return Text(std::string(reinterpret_cast<const char*>(data), size));
}

secrets::Secret Hmac(const EVP_MD* hash, absl::string_view key, absl::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  if (HMAC(hash, key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(),
           &size) == nullptr) {
    return {};  // an OpenSSL without this hash cannot have made the signature
  }
  return Bytes(digest.data(), size);
}

secrets::Secret Hash(const EVP_MD* hash, absl::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  if (EVP_Digest(message.data(), message.size(), digest.data(), &size, hash, nullptr) != 1) return {};
  return Bytes(digest.data(), size);
}

Secrets ArgumentsSwapped(absl::string_view key, absl::string_view base) {
  Secrets digests;
  digests.push_back(HmacSha256(base, key));
  return digests;
}

Secrets PlainHash(absl::string_view key, absl::string_view base) {
  const secrets::Secret behind = Text(absl::StrCat(base, key));
  const secrets::Secret before = Text(absl::StrCat(key, base));
  Secrets digests;
  digests.push_back(Hash(EVP_sha256(), behind.Reveal()));
  digests.push_back(Hash(EVP_sha256(), before.Reveal()));
  digests.push_back(Hash(EVP_sha256(), base));
  return digests;
}

Secrets OtherHash(absl::string_view key, absl::string_view base) {
  Secrets digests;
  for (const EVP_MD* hash : {EVP_sha1(), EVP_sha512(), EVP_sha384(), EVP_md5()}) {
    digests.push_back(Hmac(hash, key, base));
  }
  return digests;
}

constexpr HashMistake kHashMistakes[] = {
    {{"HMAC_ARGUMENTS_SWAPPED", "HMAC was called with the base string as its key and the key as its message.",
      "Pass the partner key as the key and the base string as the message."},
     ArgumentsSwapped},
    {{"HASH_WITHOUT_HMAC", "The signature is a plain SHA-256, without HMAC.",
      "Use HMAC-SHA256 with the partner key as its key."},
     PlainHash},
    {{"OTHER_HASH", "HMAC was used with another hash than SHA-256.", "Use HMAC-SHA256."}, OtherHash},
};

constexpr FindingText kUpperCase = {"SIGN_UPPER_CASE", "The signature is in upper case.",
                                    "Write the signature as lower-case hex digits."};
constexpr FindingText kSpaced = {"SIGN_WHITE_SPACE", "The signature has white space around it.",
                                 "Send the 64 hex digits of the signature and nothing else."};
constexpr FindingText kBase64 = {"SIGN_BASE64", "The signature is base64-encoded.",
                                 "Write the signature as lower-case hex digits."};
constexpr FindingText kBase64OfHex = {"SIGN_BASE64_OF_HEX", "The signature's hex digits are base64-encoded.",
                                      "Send the 64 lower-case hex digits themselves."};
constexpr FindingText kCut = {"SIGN_CUT", "The signature is truncated.",
                              "Send all 64 hex digits of the signature."};

void AddHex(absl::string_view hex, const FindingText* text, std::vector<SignForm>* forms) {
  if (hex.size() < kSignHexDigitsMin) return;
  if (secrets::Secret bytes = secrets::FromHex(hex); !bytes.empty())
    forms->push_back({text, std::move(bytes)});
}

}  // namespace

secrets::Secret HmacSha256(absl::string_view key, absl::string_view message) {
  return Hmac(EVP_sha256(), key, message);
}

absl::Span<const KeyMistake> KeyMistakes() {
  return kKeyMistakes;
}

absl::Span<const HashMistake> HashMistakes() {
  return kHashMistakes;
}

std::vector<SignForm> FormsOf(absl::string_view sign) {
  const absl::string_view bare = absl::StripAsciiWhitespace(sign);
  const FindingText* text = bare.size() != sign.size() ? &kSpaced : nullptr;
  const bool lower = absl::AsciiStrToLower(bare) == bare;
  if (text == nullptr && !lower) text = &kUpperCase;
  if (text == nullptr && bare.size() < kSignHexDigits) text = &kCut;
  std::vector<SignForm> forms;
  AddHex(bare, text, &forms);
  // An unencoded plus may have been decoded to a space.
  const std::string plus = absl::StrReplaceAll(bare, {{" ", "+"}});
  std::string decoded;
  if (absl::Base64Unescape(plus, &decoded) || absl::WebSafeBase64Unescape(plus, &decoded)) {
    AddHex(decoded, &kBase64OfHex, &forms);
    forms.push_back({&kBase64, Text(std::move(decoded))});
  }
  return forms;
}

std::vector<const FindingText*> AllMistakes() {
  std::vector<const FindingText*> all;
  for (const BaseMistake& mistake : BaseMistakes()) all.push_back(&mistake.text);
  for (const KeyMistake& mistake : kKeyMistakes) all.push_back(&mistake.text);
  for (const HashMistake& mistake : kHashMistakes) all.push_back(&mistake.text);
  for (const FindingText* text : {&kUpperCase, &kSpaced, &kBase64, &kBase64OfHex, &kCut}) all.push_back(text);
  return all;
}

}  // namespace firstmile::signing

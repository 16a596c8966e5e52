#include "tokens/stores/token_cipher.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace firstmile::tokens {
namespace {

// An encrypted text is: format, key id, nonce, ciphertext, tag. Format and key id are authenticated too.
constexpr char kFormat = 1;
constexpr std::size_t kHeaderBytes = 1 + kEncryptionKeyIdBytes;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
static_assert(TokenCipher::kOverheadBytes == kHeaderBytes + kNonceBytes + kTagBytes);

// Far above any record, and below the int that OpenSSL uses for lengths.
constexpr std::size_t kTextBytesMax = 16 * 1024 * 1024;

struct CipherDeleter {
  void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }  // wipes the key schedule
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, CipherDeleter>;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string* text, std::size_t at) {
  return reinterpret_cast<unsigned char*>(text->data()) + at;
}
int Length(absl::string_view text) {
  return static_cast<int>(text.size());
}

absl::Status NoCipher() {
  return absl::InternalError("OpenSSL failed at AES-256-GCM");
}

// Starts the cipher with everything that is authenticated but not encrypted.
bool Start(EVP_CIPHER_CTX* cipher, bool encrypt, const secrets::Secret& key, absl::string_view nonce,
           absl::string_view header, absl::string_view associated) {
  int written = 0;
  return EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), nullptr, Bytes(key.Reveal()), Bytes(nonce),
                           encrypt ? 1 : 0) == 1 &&
         EVP_CipherUpdate(cipher, nullptr, &written, Bytes(header), Length(header)) == 1 &&
         EVP_CipherUpdate(cipher, nullptr, &written, Bytes(associated), Length(associated)) == 1;
}

std::string HeaderOf(const EncryptionKey& key) {
  return absl::StrCat(std::string(1, kFormat), key.id);
}

absl::Status NotEncrypted() {
  return absl::DataLossError(
      "the record is not in the format of an encrypted record: it was stored without "
      "encryption keys, by a newer firstmiled, or it is damaged");
}

absl::Status KeyMissing(absl::string_view id) {
  return absl::NotFoundError(
      absl::StrCat("the record is encrypted under the key with the id ", absl::BytesToHexString(id),
                   ", which is not among the encryption keys: add that key as a last line"));
}

}  // namespace

absl::StatusOr<std::string> TokenCipher::Encrypt(const secrets::Secret& plain,
                                                 absl::string_view associated) const {
  const absl::string_view text = plain.Reveal();
  if (text.size() > kTextBytesMax || associated.size() > kTextBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("a text to encrypt has at most ", kTextBytesMax, " bytes"));
  }
  std::string encrypted = HeaderOf(keys_.front());
  encrypted.resize(text.size() + kOverheadBytes);
  const absl::string_view header = absl::string_view(encrypted).substr(0, kHeaderBytes);
  const absl::string_view nonce = absl::string_view(encrypted).substr(kHeaderBytes, kNonceBytes);
  const std::size_t body = kHeaderBytes + kNonceBytes;
  int written = 0;
  const Cipher cipher(EVP_CIPHER_CTX_new());
  if (cipher == nullptr || RAND_bytes(Bytes(&encrypted, kHeaderBytes), kNonceBytes) != 1 ||
      !Start(cipher.get(), true, keys_.front().bytes, nonce, header, associated) ||
      EVP_CipherUpdate(cipher.get(), Bytes(&encrypted, body), &written, Bytes(text), Length(text)) != 1 ||
      EVP_CipherFinal_ex(cipher.get(), Bytes(&encrypted, body + text.size()), &written) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes,
                          Bytes(&encrypted, body + text.size())) != 1) {
    return NoCipher();
  }
  return encrypted;
}

absl::StatusOr<secrets::Secret> TokenCipher::Open(absl::string_view encrypted,
                                                  absl::string_view associated) const {
  if (encrypted.size() < kOverheadBytes || encrypted.size() > kTextBytesMax + kOverheadBytes ||
      encrypted.front() != kFormat || associated.size() > kTextBytesMax) {
    return NotEncrypted();
  }
  const absl::string_view header = encrypted.substr(0, kHeaderBytes);
  const auto key = std::find_if(keys_.begin(), keys_.end(),
                                [&](const EncryptionKey& given) { return header.substr(1) == given.id; });
  if (key == keys_.end()) return KeyMissing(header.substr(1));
  const absl::string_view nonce = encrypted.substr(kHeaderBytes, kNonceBytes);
  const absl::string_view text =
      encrypted.substr(kHeaderBytes + kNonceBytes, encrypted.size() - kOverheadBytes);
  std::string tag(encrypted.substr(encrypted.size() - kTagBytes));
  std::string plain(text.size(), '\0');
  int written = 0;
  const Cipher cipher(EVP_CIPHER_CTX_new());
  if (cipher == nullptr || !Start(cipher.get(), false, key->bytes, nonce, header, associated) ||
      EVP_CipherUpdate(cipher.get(), Bytes(&plain, 0), &written, Bytes(text), Length(text)) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) != 1) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return NoCipher();
  }
  secrets::Secret opened(std::move(plain));
  unsigned char rest = 0;  // GCM produces no final block
  if (EVP_CipherFinal_ex(cipher.get(), &rest, &written) != 1) {
    return absl::DataLossError(
        "the encrypted record was changed, or moved here from another key of the store");
  }
  return opened;
}

bool TokenCipher::EncryptedUnderFirstKey(absl::string_view encrypted) const {
  return absl::StartsWith(encrypted, HeaderOf(keys_.front()));
}

}  // namespace firstmile::tokens

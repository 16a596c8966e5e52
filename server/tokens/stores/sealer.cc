#include "tokens/stores/sealer.h"

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

// A sealed text is: format, key id, nonce, ciphertext, tag. Format and key id are authenticated too.
constexpr char kFormat = 1;
constexpr std::size_t kHeaderBytes = 1 + kSealingKeyIdBytes;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
static_assert(Sealer::kOverheadBytes == kHeaderBytes + kNonceBytes + kTagBytes);

// Far above any record, and below the int that OpenSSL counts with.
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

std::string HeaderOf(const SealingKey& key) {
  return absl::StrCat(std::string(1, kFormat), key.id);
}

absl::Status NotSealed() {
  return absl::DataLossError(
      "the record is not in the format of a sealed record: it was stored without "
      "sealing keys, by a newer firstmiled, or it is damaged");
}

absl::Status KeyMissing(absl::string_view id) {
  return absl::NotFoundError(
      absl::StrCat("the record is sealed under the key with the id ", absl::BytesToHexString(id),
                   ", which is not among the sealing keys: add that key as a last line"));
}

}  // namespace

absl::StatusOr<std::string> Sealer::Seal(const secrets::Secret& plain, absl::string_view associated) const {
  const absl::string_view text = plain.Reveal();
  if (text.size() > kTextBytesMax || associated.size() > kTextBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("a text to seal has at most ", kTextBytesMax, " bytes"));
  }
  std::string sealed = HeaderOf(keys_.front());
  sealed.resize(text.size() + kOverheadBytes);
  const absl::string_view header = absl::string_view(sealed).substr(0, kHeaderBytes);
  const absl::string_view nonce = absl::string_view(sealed).substr(kHeaderBytes, kNonceBytes);
  const std::size_t body = kHeaderBytes + kNonceBytes;
  int written = 0;
  const Cipher cipher(EVP_CIPHER_CTX_new());
  if (cipher == nullptr || RAND_bytes(Bytes(&sealed, kHeaderBytes), kNonceBytes) != 1 ||
      !Start(cipher.get(), true, keys_.front().bytes, nonce, header, associated) ||
      EVP_CipherUpdate(cipher.get(), Bytes(&sealed, body), &written, Bytes(text), Length(text)) != 1 ||
      EVP_CipherFinal_ex(cipher.get(), Bytes(&sealed, body + text.size()), &written) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes,
                          Bytes(&sealed, body + text.size())) != 1) {
    return NoCipher();
  }
  return sealed;
}

absl::StatusOr<secrets::Secret> Sealer::Open(absl::string_view sealed, absl::string_view associated) const {
  if (sealed.size() < kOverheadBytes || sealed.size() > kTextBytesMax + kOverheadBytes ||
      sealed.front() != kFormat || associated.size() > kTextBytesMax) {
    return NotSealed();
  }
  const absl::string_view header = sealed.substr(0, kHeaderBytes);
  const auto key = std::find_if(keys_.begin(), keys_.end(),
                                [&](const SealingKey& given) { return header.substr(1) == given.id; });
  if (key == keys_.end()) return KeyMissing(header.substr(1));
  const absl::string_view nonce = sealed.substr(kHeaderBytes, kNonceBytes);
  const absl::string_view text = sealed.substr(kHeaderBytes + kNonceBytes, sealed.size() - kOverheadBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
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
  unsigned char rest = 0;  // GCM leaves nothing for the end
  if (EVP_CipherFinal_ex(cipher.get(), &rest, &written) != 1) {
    return absl::DataLossError("the sealed record was changed, or moved here from another key of the store");
  }
  return opened;
}

bool Sealer::SealedUnderFirstKey(absl::string_view sealed) const {
  return absl::StartsWith(sealed, HeaderOf(keys_.front()));
}

}  // namespace firstmile::tokens

#include "emulator/sign.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <stdexcept>

namespace emulator {
namespace {

using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void Require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL cannot compute HMAC-SHA256");
}

std::string Hex(const unsigned char* bytes, std::size_t count) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(count * 2);
  for (std::size_t i = 0; i < count; ++i) {
    hex.push_back(kHex[bytes[i] >> 4]);
    hex.push_back(kHex[bytes[i] & 15]);
  }
  return hex;
}

}  // namespace

Signer::Signer(std::string_view key) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr),
                                                               &EVP_MAC_free);
  Require(hmac != nullptr);
  keyed_ = MacContext(EVP_MAC_CTX_new(hmac.get()), &EVP_MAC_CTX_free);
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 2> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
      OSSL_PARAM_construct_end()};
  const std::string_view given = key.empty() ? "" : key;  // OpenSSL takes a null pointer as no key
  Require(keyed_ != nullptr && EVP_MAC_init(keyed_.get(), Bytes(given), given.size(), params.data()) == 1);
}

std::string Signer::Sign(std::string_view base_string) const {
  const MacContext mac(EVP_MAC_CTX_dup(keyed_.get()), &EVP_MAC_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  std::size_t length = 0;
  Require(mac != nullptr && EVP_MAC_update(mac.get(), Bytes(base_string), base_string.size()) == 1 &&
          EVP_MAC_final(mac.get(), digest.data(), &length, digest.size()) == 1);
  return Hex(digest.data(), length);
}

std::string Sign(std::string_view key, std::string_view base_string) {
  return Signer(key).Sign(base_string);
}

bool SameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace emulator

// Shopee's request signature. Thread safe: a Signer is immutable.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_mac_ctx_st;  // OpenSSL's EVP_MAC_CTX

namespace emulator {

// Lower-case hex of HMAC-SHA256. The key is used as text; hex digits are not decoded.
class Signer {
 public:
  explicit Signer(std::string_view key);
  std::string Sign(std::string_view base_string) const;

 private:
  // Keyed once and copied for each signature, which halves the time.
  std::shared_ptr<evp_mac_ctx_st> keyed_;
};

// For occasional signatures; keys a new Signer.
std::string Sign(std::string_view key, std::string_view base_string);

// Compares in a time that depends on the lengths alone.
bool SameSecret(std::string_view a, std::string_view b);

}  // namespace emulator

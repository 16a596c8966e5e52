// The platform's request signature. Thread safe: a signer does not change once it is made.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_mac_ctx_st;  // OpenSSL's EVP_MAC_CTX

namespace emulator::gateway {

// Lower-case hex of HMAC-SHA256; the key is used as text, a key of hex digits is not decoded.
class Signer {
 public:
  explicit Signer(std::string_view key);
  std::string Sign(std::string_view base_string) const;

 private:
  // Keyed once: each signature is made by a copy, which saves half of its time.
  std::shared_ptr<evp_mac_ctx_st> keyed_;
};

// For a signature now and then.
std::string Sign(std::string_view key, std::string_view base_string);

// Compares in a time that depends on the lengths only.
bool SameSecret(std::string_view a, std::string_view b);

}  // namespace emulator::gateway

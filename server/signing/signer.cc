#include "signing/signer.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include <array>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "signing/signed_url.h"

namespace firstmile::signing {
namespace {

// A reused OpenSSL context, which is costlier to create than to use. Aborts only if OpenSSL lacks SHA-256.
class KeptHmac {
 public:
  using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

  KeptHmac() : algorithm_(EVP_MAC_fetch(nullptr, "HMAC", nullptr)), context_(EVP_MAC_CTX_new(algorithm_)) {
    std::array<char, 7> digest{"SHA256"};
    const std::array<OSSL_PARAM, 2> options{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    if (EVP_MAC_CTX_set_params(context_, options.data()) != 1) std::abort();
  }
  ~KeptHmac() {
    EVP_MAC_CTX_free(context_);
    EVP_MAC_free(algorithm_);
  }
  KeptHmac(const KeptHmac&) = delete;
  KeptHmac& operator=(const KeptHmac&) = delete;

  Digest Of(absl::string_view key, absl::string_view message) {
    Digest digest;
    std::size_t bytes = 0;
    Take(key);
    if (EVP_MAC_update(context_, Bytes(message), message.size()) != 1 ||
        EVP_MAC_final(context_, digest.data(), &bytes, digest.size()) != 1) {
      std::abort();
    }
    Take("no key");  // replaces the real key, which the context would keep
    return digest;
  }

 private:
  static const unsigned char* Bytes(absl::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.empty() ? "" : text.data());
  }
  void Take(absl::string_view key) {
    if (EVP_MAC_init(context_, Bytes(key), key.size(), nullptr) != 1) std::abort();
  }

  EVP_MAC* const algorithm_;
  EVP_MAC_CTX* const context_;
};

void AppendEncoded(absl::string_view name, absl::string_view value, std::string* url) {
  absl::StrAppend(url, "&", name, "=", PercentEncoded(value).Reveal());
}

}  // namespace

std::string HmacSha256Hex(absl::string_view key, absl::string_view message) {
  static thread_local KeptHmac hmac;
  const KeptHmac::Digest digest = hmac.Of(key, message);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

secrets::Secret Signer::Sign(absl::string_view path, std::int64_t timestamp, const Subject& subject) const {
  std::string base = absl::StrCat(partner_id_, path, timestamp);
  if (!subject.parameter.empty()) absl::StrAppend(&base, subject.access_token.Reveal(), subject.id);
  const secrets::Secret wiped(std::move(base));
  return secrets::Secret(HmacSha256Hex(partner_key_.Reveal(), wiped.Reveal()));
}

SignedCall Signer::SignCall(absl::string_view base_url, absl::string_view path, absl::Time now,
                            const Subject& subject, const QueryParameters& query) const {
  const absl::Time signed_for = clock_->At(now);
  const std::int64_t timestamp = absl::ToUnixSeconds(signed_for);
  secrets::Secret sign = Sign(path, timestamp, subject);
  std::string url;
  url.reserve(512);  // one allocation: growing would leave pieces of the token in freed memory
  absl::StrAppend(&url, base_url, path, "?partner_id=", partner_id_, "&timestamp=", timestamp,
                  "&sign=", sign.Reveal());
  if (!subject.parameter.empty()) {
    AppendEncoded("access_token", subject.access_token.Reveal(), &url);
    absl::StrAppend(&url, "&", subject.parameter, "=", subject.id);
  }
  for (const auto& [name, value] : query) AppendEncoded(name, value, &url);
  return SignedCall{secrets::Secret(std::move(url)), std::move(sign), signed_for};
}

}  // namespace firstmile::signing

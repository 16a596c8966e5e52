#include "signing/signer.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "signing/signed_url.h"

namespace firstmile::signing {
namespace {

void AppendEncoded(absl::string_view name, absl::string_view value, std::string* url) {
  absl::StrAppend(url, "&", name, "=", PercentEncoded(value).Reveal());
}

}  // namespace

std::string HmacSha256Hex(absl::string_view key, absl::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int bytes = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(),
           &bytes) == nullptr) {
    std::abort();  // only an OpenSSL without SHA-256 gets here
  }
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), bytes));
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
  url.reserve(512);  // one allocation, so that no half-built copy of the token stays behind
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

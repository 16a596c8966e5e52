#include "tokens/authorization_url.h"

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace firstmile::tokens {
namespace {

constexpr std::array<std::pair<absl::string_view, absl::string_view>, 5> kPageOrigins = {{
    {"https://partner.shopeemobile.com", "https://open.shopee.com"},
    {"https://openplatform.shopee.cn", "https://open.shopee.cn"},
    {"https://openplatform.shopee.com.br", "https://open.shopee.com.br"},
    {"https://openplatform.sandbox.test-stable.shopee.sg", "https://open.sandbox.test-stable.shopee.com"},
    {"https://openplatform.sandbox.test-stable.shopee.cn", "https://open.sandbox.test-stable.shopee.cn"},
}};

std::string PercentEncoded(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || absl::string_view("-._~").find(c) != absl::string_view::npos) {
      encoded.push_back(c);
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", byte);
    }
  }
  return encoded;
}

}  // namespace

std::string PageOriginOf(absl::string_view api_base_url) {
  for (const auto& [api, page] : kPageOrigins) {
    if (api == api_base_url) return std::string(page);
  }
  return std::string(api_base_url);
}

std::string UnsignedPage(absl::string_view page_origin, std::int64_t partner_id,
                         const AuthorizationPage& page) {
  std::string url = absl::StrCat(
      page_origin, page.cancel ? "/cancel_auth" : "/auth", "?partner_id=", partner_id,
      "&auth_type=seller&redirect_uri=", PercentEncoded(page.redirect_url), "&response_type=code");
  if (!page.state.empty()) absl::StrAppend(&url, "&state=", PercentEncoded(page.state));
  return url;
}

secrets::Secret SignedPage(absl::string_view api_base_url, const signing::Signer& signer, absl::Time now,
                           const AuthorizationPage& page) {
  const absl::string_view path =
      page.cancel ? "/api/v2/shop/cancel_auth_partner" : "/api/v2/shop/auth_partner";
  return signer.SignCall(api_base_url, path, now, {}, {{"redirect", page.redirect_url}}).url;
}

}  // namespace firstmile::tokens

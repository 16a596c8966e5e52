// A shop's call in parts, signed correctly or not, and its diagnosis.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "signing/signature_diagnosis.h"
#include "signing/signer.h"

namespace firstmile::signing {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// The demo key of Shopee's public PHP sample, not a real credential.
inline const std::string kKey = "57615053704d6470644f554a78656d50484143644964436a5568777544524579";
inline const std::string kShpkKey = "shpk0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab";
inline const std::string kPartner = "2001887";
inline const std::string kPath = "/api/v2/shop/get_shop_info";
inline const std::string kTime = "1655714431";
inline const std::string kToken = "59777174636562737266615546704c6d";
inline const std::string kShop = "14701711";
inline const std::string kMerchant = "1000000";
inline const std::string kHost = "https://partner.shopeemobile.com";
inline const std::string kRight = kPartner + kPath + kTime + kToken + kShop;
inline const absl::Time kNow = absl::FromUnixSeconds(1655714431);

inline std::string Sign(const std::string& base, const std::string& key = kKey) {
  return HmacSha256Hex(key, base);
}

// A shop call that is right except for its sign.
inline std::string UrlWith(const std::string& sign, const std::string& more = "") {
  return absl::StrCat(kHost, kPath, "?partner_id=", kPartner, "&timestamp=", kTime, "&access_token=", kToken,
                      "&shop_id=", kShop, "&sign=", sign, more);
}

inline const std::int64_t kOthers[] = {600001, 600002};
inline const absl::string_view kPaths[] = {"/api/v2/first_mile/get_detail", "/api/v2/shop/get_shop_info"};

inline Diagnosis Ask(const std::string& text, const std::string& key = kKey, const std::string& body = "",
                     std::optional<SignScope> scope = std::nullopt, absl::Time sent = kNow) {
  const absl::StatusOr<SignedUrl> url = ParseSignedUrl(text);
  EXPECT_TRUE(url.ok()) << url.status();
  const secrets::Secret secret(key);
  return Diagnose({.url = *url,
                   .key = secret,
                   .sent = sent,
                   .scope = scope,
                   .body = body,
                   .other_ids = kOthers,
                   .known_paths = kPaths});
}

inline std::vector<std::string> CodesOf(const Diagnosis& diagnosis,
                                        std::optional<Certainty> certainty = std::nullopt) {
  std::vector<std::string> codes;
  for (const Finding& finding : diagnosis.findings) {
    if (!certainty.has_value() || finding.certainty == *certainty) codes.push_back(finding.code);
  }
  return codes;
}

inline std::string Everything(const Diagnosis& diagnosis) {
  std::string text = diagnosis.base_string;
  for (const Finding& finding : diagnosis.findings) {
    absl::StrAppend(&text, "\n", finding.code, finding.explanation, finding.remedy);
  }
  return text;
}

}  // namespace firstmile::signing

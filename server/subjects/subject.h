// The shop, merchant or partner that a call acts for: its token signs the call, and its limits apply. A call
// of the partner has no token.
//
// Plain values and pure functions; safe from any thread. Shop ids and merchant ids are independent: a shop
// and a merchant with the same number are two subjects.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace firstmile::subjects {

enum class SubjectKind { kShop, kMerchant, kPartner };

struct Subject {
  SubjectKind kind = SubjectKind::kShop;
  std::int64_t id = 0;  // Shopee's; 0 for the partner, of whom there is one, and for an unchecked call

  friend bool operator==(const Subject&, const Subject&) = default;
  template <typename H>
  friend H AbslHashValue(H hash, const Subject& subject) {
    return H::combine(std::move(hash), subject.kind, subject.id);
  }
};

inline Subject Shop(std::int64_t id) {
  return {SubjectKind::kShop, id};
}
inline Subject Merchant(std::int64_t id) {
  return {SubjectKind::kMerchant, id};
}

inline Subject Partner() {
  return {SubjectKind::kPartner, 0};
}

// "shop", "merchant" or "partner".
absl::string_view WordOf(SubjectKind kind);

// The name of the id in Shopee's calls: "shop_id", "merchant_id" or "partner_id".
absl::string_view ParameterOf(SubjectKind kind);

// For people: "shop 600000", "the partner".
std::string NameOf(Subject subject);

}  // namespace firstmile::subjects

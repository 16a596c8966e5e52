// Who a token speaks for: a shop or a merchant of the platform.
//
// Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace firstmile::tokens {

enum class SubjectKind { kShop, kMerchant };

struct Subject {
  SubjectKind kind = SubjectKind::kShop;
  std::int64_t id = 0;

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

// The platform's name of the id in calls: "shop_id" or "merchant_id".
inline absl::string_view ParameterOf(SubjectKind kind) {
  return kind == SubjectKind::kShop ? "shop_id" : "merchant_id";
}

// For people: "shop 600000".
inline std::string NameOf(Subject subject) {
  return absl::StrCat(subject.kind == SubjectKind::kShop ? "shop " : "merchant ", subject.id);
}

// The key of the subject's record in a store: "merchant/00000000000001000001", so that keys sort by id.
std::string KeyOf(Subject subject);

}  // namespace firstmile::tokens

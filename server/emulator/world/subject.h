// The shop or merchant that a token belongs to. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <utility>

namespace emulator::auth {

enum class SubjectKind { kShop, kMerchant };

struct Subject {
  SubjectKind kind = SubjectKind::kShop;
  int64_t id = 0;

  friend auto operator<=>(const Subject&, const Subject&) = default;
  template <typename H>
  friend H AbslHashValue(H hash, const Subject& subject) {
    return H::combine(std::move(hash), subject.kind, subject.id);
  }
};

inline Subject ShopSubject(int64_t id) {
  return {SubjectKind::kShop, id};
}
inline Subject MerchantSubject(int64_t id) {
  return {SubjectKind::kMerchant, id};
}

}  // namespace emulator::auth

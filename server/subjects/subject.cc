#include "subjects/subject.h"

#include "absl/strings/str_cat.h"

namespace firstmile::subjects {

absl::string_view WordOf(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::kShop:
      return "shop";
    case SubjectKind::kMerchant:
      return "merchant";
    case SubjectKind::kPartner:
      return "partner";
  }
}

absl::string_view ParameterOf(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::kShop:
      return "shop_id";
    case SubjectKind::kMerchant:
      return "merchant_id";
    case SubjectKind::kPartner:
      return "partner_id";
  }
}

std::string NameOf(Subject subject) {
  if (subject.kind == SubjectKind::kPartner) return "the partner";
  return absl::StrCat(WordOf(subject.kind), " ", subject.id);
}

}  // namespace firstmile::subjects

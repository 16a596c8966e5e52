#include "rpc/token_findings.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace firstmile::rpc {
namespace {

using signing::Certainty;
using signing::Finding;
using signing::SignScope;
using tokens::Subject;

bool AreEqual(absl::string_view one, absl::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

Finding OfAnother(Subject owner) {
  return {"TOKEN_OF_ANOTHER_SUBJECT", Certainty::kProven,
          absl::StrCat("The token in the query belongs to ", tokens::NameOf(owner), "."),
          "Send and sign the token that was issued for the id in the query."};
}

Finding NotCurrent() {
  return {"TOKEN_NOT_CURRENT", Certainty::kLikely,
          "Another access token is stored for the URL's shop or merchant.",
          "Use the current token: after a refresh the previous one works for only five more minutes."};
}

Finding NotAsked() {
  return {"STORED_TOKENS_UNREADABLE", Certainty::kPossible,
          "The token store did not answer, so the token could not be compared.",
          "Repeat the check when the token store answers."};
}

class TokenComparison {
 public:
  TokenComparison(const tokens::TokenContext& tokens, absl::string_view token)
      : tokens_(tokens), token_(token) {}

  // Whether this is the stored token of `subject`; empty when none is stored.
  absl::StatusOr<std::optional<bool>> IsOf(Subject subject) const {
    auto record = tokens_.repository.Read(subject);
    if (!record.ok()) return record.status();
    if (record->has_value() && !(*record)->pair.access_token.empty()) {
      return AreEqual((*record)->pair.access_token.Reveal(), token_);
    }
    if (subject.kind != tokens::SubjectKind::kShop) return std::nullopt;
    const std::optional<secrets::Secret> configured = tokens_.configured.Of(subject.id);
    if (!configured.has_value()) return std::nullopt;
    return AreEqual(configured->Reveal(), token_);
  }

  // The token's owner among the configuration's shops and `ids`, except `own`.
  absl::StatusOr<std::optional<Subject>> FindOwner(Subject own, absl::Span<const std::int64_t> ids) const {
    const std::int64_t own_shop = own.kind == tokens::SubjectKind::kShop ? own.id : 0;
    const std::optional<std::int64_t> owner = tokens_.configured.OwnerOf(token_, own_shop);
    if (owner.has_value()) return tokens::Shop(*owner);
    for (const std::int64_t id : ids) {
      for (const Subject subject : {tokens::Shop(id), tokens::Merchant(id)}) {
        if (id <= 0 || subject == own) continue;
        const absl::StatusOr<std::optional<bool>> is_owner = IsOf(subject);
        if (!is_owner.ok()) return is_owner.status();
        if (is_owner->value_or(false)) return subject;
      }
    }
    return std::nullopt;
  }

 private:
  const tokens::TokenContext& tokens_;
  const absl::string_view token_;
};

// The query contains exactly the stored token, so it was not altered on its way into the URL.
void DropUnknownOutcomesOfTheToken(signing::Diagnosis* diagnosis) {
  std::erase_if(diagnosis->findings,
                [](const Finding& finding) { return finding.code == "TOKEN_ENCODED_TWICE"; });
}

absl::StatusOr<std::optional<Finding>> Compare(const tokens::TokenContext& tokens, absl::string_view token,
                                               Subject own, absl::Span<const std::int64_t> other_ids,
                                               signing::Diagnosis* diagnosis) {
  const TokenComparison comparison(tokens, token);
  const absl::StatusOr<std::optional<bool>> is_own = comparison.IsOf(own);
  if (!is_own.ok()) return is_own.status();
  if (is_own->value_or(false)) {
    DropUnknownOutcomesOfTheToken(diagnosis);
    return std::nullopt;
  }
  const absl::StatusOr<std::optional<Subject>> owner = comparison.FindOwner(own, other_ids);
  if (!owner.ok()) return owner.status();
  if (owner->has_value()) return OfAnother(**owner);
  if (is_own->has_value()) return NotCurrent();
  return std::nullopt;
}

}  // namespace

void AddTokenFindings(const tokens::TokenContext& tokens, const signing::SignedUrl& url,
                      absl::Span<const std::int64_t> other_ids, signing::Diagnosis* diagnosis) {
  if (diagnosis->scope == SignScope::kPublic) return;
  const absl::string_view token = url.ValueOf("access_token");
  std::int64_t id = 0;
  const bool has_id =
      absl::SimpleAtoi(url.ValueOf(signing::SubjectParameterOf(diagnosis->scope)), &id) && id > 0;
  if (token.empty() || !has_id) return;
  const Subject own = diagnosis->scope == SignScope::kShop ? tokens::Shop(id) : tokens::Merchant(id);
  const absl::StatusOr<std::optional<Finding>> found = Compare(tokens, token, own, other_ids, diagnosis);
  if (found.ok() && !found->has_value()) return;
  const Finding finding = found.ok() ? **found : NotAsked();
  const auto less_sure =
      std::find_if(diagnosis->findings.begin(), diagnosis->findings.end(),
                   [&finding](const Finding& other) { return other.certainty > finding.certainty; });
  diagnosis->findings.insert(less_sure, finding);
}

}  // namespace firstmile::rpc

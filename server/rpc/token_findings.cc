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
          absl::StrCat("The token in the query is that of ", tokens::NameOf(owner), "."),
          "Send and sign the token that was given for the id in the query."};
}

Finding NotCurrent() {
  return {"TOKEN_NOT_CURRENT", Certainty::kLikely,
          "Custody holds another access token for the shop or merchant of the query.",
          "Take the token that is current: after a renewal the one before works for five more minutes only."};
}

Finding NotAsked() {
  return {"CUSTODY_UNREADABLE", Certainty::kPossible,
          "The token store did not answer, so that the token could not be compared.",
          "Ask again when the token store answers."};
}

class TokenComparison {
 public:
  TokenComparison(const tokens::CustodyContext& custody, absl::string_view token)
      : custody_(custody), token_(token) {}

  // Whether custody's token of `subject` is this one; empty when it holds none.
  absl::StatusOr<std::optional<bool>> IsOf(Subject subject) const {
    auto record = custody_.ledger.Read(subject);
    if (!record.ok()) return record.status();
    if (record->has_value() && !(*record)->pair.access_token.empty()) {
      return AreEqual((*record)->pair.access_token.Reveal(), token_);
    }
    const auto configured = custody_.configured.find(subject.id);
    if (subject.kind != tokens::SubjectKind::kShop || configured == custody_.configured.end())
      return std::nullopt;
    return AreEqual(configured->second.Reveal(), token_);
  }

  // The owner among the configuration's shops and `ids`, `own` left out.
  absl::StatusOr<std::optional<Subject>> FindOwner(Subject own, absl::Span<const std::int64_t> ids) const {
    for (const auto& [shop_id, token] : custody_.configured) {
      if (tokens::Shop(shop_id) != own && AreEqual(token.Reveal(), token_)) return tokens::Shop(shop_id);
    }
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
  const tokens::CustodyContext& custody_;
  const absl::string_view token_;
};

absl::StatusOr<std::optional<Finding>> Compare(const tokens::CustodyContext& custody, absl::string_view token,
                                               Subject own, absl::Span<const std::int64_t> other_ids) {
  const TokenComparison comparison(custody, token);
  const absl::StatusOr<std::optional<bool>> is_own = comparison.IsOf(own);
  if (!is_own.ok()) return is_own.status();
  if (is_own->value_or(false)) return std::nullopt;
  const absl::StatusOr<std::optional<Subject>> owner = comparison.FindOwner(own, other_ids);
  if (!owner.ok()) return owner.status();
  if (owner->has_value()) return OfAnother(**owner);
  if (is_own->has_value()) return NotCurrent();
  return std::nullopt;
}

}  // namespace

void AddTokenFindings(const tokens::CustodyContext& custody, const signing::SignedUrl& url,
                      absl::Span<const std::int64_t> other_ids, signing::Diagnosis* diagnosis) {
  if (diagnosis->scope == SignScope::kPublic) return;
  const absl::string_view token = url.ValueOf("access_token");
  std::int64_t id = 0;
  const bool has_id =
      absl::SimpleAtoi(url.ValueOf(signing::SubjectParameterOf(diagnosis->scope)), &id) && id > 0;
  if (token.empty() || !has_id) return;
  const Subject own = diagnosis->scope == SignScope::kShop ? tokens::Shop(id) : tokens::Merchant(id);
  const absl::StatusOr<std::optional<Finding>> found = Compare(custody, token, own, other_ids);
  if (found.ok() && !found->has_value()) return;
  const Finding finding = found.ok() ? **found : NotAsked();
  const auto less_sure =
      std::find_if(diagnosis->findings.begin(), diagnosis->findings.end(),
                   [&finding](const Finding& other) { return other.certainty > finding.certainty; });
  diagnosis->findings.insert(less_sure, finding);
}

}  // namespace firstmile::rpc

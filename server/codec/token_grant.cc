#include "codec/token_grant.h"

#include <algorithm>
#include <limits>

#include "codec/json_document.h"
#include "codec/json_value.h"

namespace firstmile::codec {
namespace {

// Smaller values are seconds from now, larger ones Unix times; 10^9 seconds are 31 years.
constexpr std::int64_t kUnixTimesBegin = 1'000'000'000;

std::optional<std::int64_t> IntegerAt(simdjson::dom::object object, const char* name) {
  simdjson::dom::element value;
  std::int64_t number = 0;
  if (object[name].get(value) != simdjson::SUCCESS) return std::nullopt;
  if (ReadInteger(value, &number) != Reading::kValue) return std::nullopt;
  return number;
}

secrets::Secret SecretAt(simdjson::dom::object object, const char* name) {
  simdjson::dom::element value;
  if (object[name].get(value) != simdjson::SUCCESS || !value.is_string()) return {};
  return secrets::Secret(TextOf(value));
}

std::vector<std::int64_t> IdsAt(simdjson::dom::object object, const char* name) {
  std::vector<std::int64_t> ids;
  const auto add = [&ids](simdjson::dom::element element) {
    std::int64_t id = 0;
    if (ReadInteger(element, &id) == Reading::kValue && id > 0) ids.push_back(id);
  };
  simdjson::dom::element value;
  if (object[name].get(value) != simdjson::SUCCESS) return ids;
  simdjson::dom::array list;
  if (value.get(list) == simdjson::SUCCESS) {
    for (const simdjson::dom::element element : list) add(element);
  } else {
    add(value);
  }
  return ids;
}

// 0: absent, or zero in the answer.
std::int64_t IdAt(simdjson::dom::object object, const char* name) {
  simdjson::dom::element value;
  if (object[name].get(value) != simdjson::SUCCESS) return 0;
  std::int64_t id = 0;
  const Reading reading = ReadInteger(value, &id);
  if (reading == Reading::kWrong) return kUnreadableId;
  return reading == Reading::kValue ? id : 0;
}

bool Has(const std::vector<std::int64_t>& ids, std::int64_t id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool Differs(std::int64_t named, std::int64_t asked) {
  return named != 0 && named != asked;
}

// `named` and `listed` have the kind that was requested, `other` has the other one.
bool IsOfAnotherAccount(std::int64_t asked, std::int64_t named, const std::vector<std::int64_t>& listed,
                        std::int64_t other) {
  if (named != 0) return named != asked;
  if (!listed.empty()) return !Has(listed, asked);
  return other != 0;
}

std::vector<std::int64_t> EachOnce(std::vector<std::int64_t> ids, std::int64_t named) {
  if (named > 0) ids.push_back(named);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// False for values that are not Unix times, such as 0 or milliseconds.
bool IsUnixTime(std::int64_t value) {
  return value > kUnixTimesBegin && value <= std::numeric_limits<std::uint32_t>::max();
}

std::optional<absl::Time> ExpiryAt(simdjson::dom::object object, absl::Time now) {
  const std::optional<std::int64_t> value = IntegerAt(object, "expire_in");
  if (!value.has_value() || *value <= 0 || *value > std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  return IsUnixTime(*value) ? absl::FromUnixSeconds(*value) : now + absl::Seconds(*value);
}

}  // namespace

std::optional<TokenGrant> ReadTokenGrant(const Answer& answer, absl::Time now) {
  if (answer.document == nullptr) return std::nullopt;
  const simdjson::dom::object root = answer.document->root();
  TokenGrant grant;
  grant.access_token = SecretAt(root, "access_token");
  grant.refresh_token = SecretAt(root, "refresh_token");
  for (const secrets::Secret* token : {&grant.access_token, &grant.refresh_token}) {
    if (token->empty() || token->Reveal().size() > kTokenBytesMax) return std::nullopt;
  }
  grant.expires = ExpiryAt(root, now);
  grant.shop_ids = IdsAt(root, "shop_id_list");
  grant.merchant_ids = IdsAt(root, "merchant_id_list");
  grant.partner_id = IdAt(root, "partner_id");
  grant.shop_id = IdAt(root, "shop_id");
  grant.merchant_id = IdAt(root, "merchant_id");
  grant.main_account_id = IdAt(root, "main_account_id");
  return grant;
}

bool IsOfAnother(const TokenGrant& grant, const GrantSubject& asked) {
  if (Differs(grant.partner_id, asked.partner_id)) return true;
  if (asked.shop_id != 0) {
    return IsOfAnotherAccount(asked.shop_id, grant.shop_id, grant.shop_ids, grant.merchant_id);
  }
  if (asked.merchant_id != 0) {
    return IsOfAnotherAccount(asked.merchant_id, grant.merchant_id, grant.merchant_ids, grant.shop_id);
  }
  if (asked.main_account_id == 0) return false;
  return Differs(grant.main_account_id, asked.main_account_id) ||
         (grant.shop_id != 0 && !Has(grant.shop_ids, grant.shop_id)) ||
         (grant.merchant_id != 0 && !Has(grant.merchant_ids, grant.merchant_id));
}

GrantSubjects SubjectsIn(const TokenGrant& grant) {
  return {EachOnce(grant.shop_ids, grant.shop_id), EachOnce(grant.merchant_ids, grant.merchant_id)};
}

std::vector<secrets::Secret> TokensIn(const Answer& answer) {
  std::vector<secrets::Secret> tokens;
  if (answer.document == nullptr) return tokens;
  for (const char* name : {"access_token", "refresh_token"}) {
    secrets::Secret token = SecretAt(answer.document->root(), name);
    if (token.Reveal().size() <= kTokenBytesMax) tokens.push_back(std::move(token));
  }
  return tokens;
}

std::optional<AuthorizationList> ReadAuthorizations(const Answer& answer, const char* list, const char* id) {
  if (answer.document == nullptr) return std::nullopt;
  const simdjson::dom::object root = answer.document->root();
  simdjson::dom::array rows;
  if (root[list].get(rows) != simdjson::SUCCESS) return std::nullopt;
  AuthorizationList authorizations;
  simdjson::dom::element flag;
  if (root["more"].get(flag) == simdjson::SUCCESS) ReadBool(flag, &authorizations.more);
  for (simdjson::dom::element element : rows) {
    simdjson::dom::object row;
    if (element.get(row) != simdjson::SUCCESS) continue;
    const std::optional<std::int64_t> account = IntegerAt(row, id);
    const std::optional<std::int64_t> expires = IntegerAt(row, "expire_time");
    if (account.has_value() && expires.has_value() && IsUnixTime(*expires)) {
      authorizations.rows.push_back({*account, absl::FromUnixSeconds(*expires)});
    }
  }
  return authorizations;
}

}  // namespace firstmile::codec

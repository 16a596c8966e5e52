#include "codec/token_grant.h"

#include <limits>

#include "codec/json_document.h"
#include "codec/json_value.h"

namespace firstmile::codec {
namespace {

// Where seconds from now end and Unix times begin; 10^9 seconds are 31 years.
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
  simdjson::dom::array list;
  if (object[name].get(list) != simdjson::SUCCESS) return ids;
  for (simdjson::dom::element element : list) {
    std::int64_t id = 0;
    if (ReadInteger(element, &id) == Reading::kValue && id > 0) ids.push_back(id);
  }
  return ids;
}

std::optional<absl::Time> ExpiryAt(simdjson::dom::object object, absl::Time now) {
  const std::optional<std::int64_t> value = IntegerAt(object, "expire_in");
  if (!value.has_value() || *value <= 0 || *value > std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  return *value > kUnixTimesBegin ? absl::FromUnixSeconds(*value) : now + absl::Seconds(*value);
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
  return grant;
}

std::vector<Authorization> ReadAuthorizations(const Answer& answer, const char* list, const char* id,
                                              bool* more) {
  std::vector<Authorization> authorizations;
  *more = false;
  if (answer.document == nullptr) return authorizations;
  const simdjson::dom::object root = answer.document->root();
  simdjson::dom::element flag;
  if (root["more"].get(flag) == simdjson::SUCCESS) ReadBool(flag, more);
  simdjson::dom::array rows;
  if (root[list].get(rows) != simdjson::SUCCESS) return authorizations;
  for (simdjson::dom::element element : rows) {
    simdjson::dom::object row;
    if (element.get(row) != simdjson::SUCCESS) continue;
    const std::optional<std::int64_t> account = IntegerAt(row, id);
    const std::optional<std::int64_t> expires = IntegerAt(row, "expire_time");
    if (account.has_value() && expires.has_value()) {
      authorizations.push_back({*account, absl::FromUnixSeconds(*expires)});
    }
  }
  return authorizations;
}

}  // namespace firstmile::codec

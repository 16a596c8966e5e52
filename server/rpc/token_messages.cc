#include "rpc/token_messages.h"

#include "absl/strings/str_cat.h"

namespace firstmile::rpc {
namespace {

v1::AuthorizationRequiredReason ReasonOf(const tokens::AuthorizationRequirement& authorization_required) {
  auto reason = v1::AUTHORIZATION_REQUIRED_REASON_UNSPECIFIED;
  v1::AuthorizationRequiredReason_Parse(
      absl::StrCat("AUTHORIZATION_REQUIRED_REASON_", authorization_required.reason), &reason);
  return reason;
}

}  // namespace

tokens::Subject SubjectOf(const v1::Subject& subject) {
  return subject.has_merchant_id() ? tokens::Merchant(subject.merchant_id())
                                   : tokens::Shop(subject.shop_id());
}

v1::TokenState StateOf(const tokens::TokenRecord& record) {
  if (record.forgotten) return v1::TOKEN_STATE_FORGOTTEN;
  if (record.authorization_required.has_value()) return v1::TOKEN_STATE_AUTHORIZATION_REQUIRED;
  if (record.refresh.has_value()) return v1::TOKEN_STATE_REFRESHING;
  return record.renewable ? v1::TOKEN_STATE_READY : v1::TOKEN_STATE_NOT_RENEWABLE;
}

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  out->set_seconds(absl::ToUnixSeconds(time));
}

void FillSubject(tokens::Subject subject, v1::Subject* out) {
  if (subject.kind == tokens::SubjectKind::kShop) {
    out->set_shop_id(subject.id);
  } else {
    out->set_merchant_id(subject.id);
  }
}

void FillShop(const tokens::TokenRecord& record, v1::ShopTokenStatus* shop) {
  FillSubject(record.subject, shop->mutable_subject());
  shop->set_state(StateOf(record));
  if (record.forgotten) return;
  const absl::Time never = absl::InfiniteFuture();
  SetTime(record.obtained, shop->mutable_obtained_time());
  if (record.refreshed) SetTime(record.obtained, shop->mutable_refreshed_time());
  if (record.access_expires != never) SetTime(record.access_expires, shop->mutable_access_expire_time());
  if (record.renewable && record.refresh_expires != never) {
    SetTime(record.refresh_expires, shop->mutable_refresh_expire_time());
  }
  if (record.authorization_expires != never) {
    SetTime(record.authorization_expires, shop->mutable_authorization_expire_time());
  }
  if (!record.authorization_required.has_value()) return;
  shop->set_authorization_required_reason(ReasonOf(*record.authorization_required));
  shop->set_authorization_required_detail(record.authorization_required->detail);
  SetTime(record.authorization_required->since, shop->mutable_authorization_required_time());
}

v1::TokenEvent EventOf(tokens::TokenEvent event) {
  switch (event) {
    case tokens::TokenEvent::kAuthorized:
      return v1::TOKEN_EVENT_AUTHORIZED;
    case tokens::TokenEvent::kRefreshStarted:
      return v1::TOKEN_EVENT_REFRESH_STARTED;
    case tokens::TokenEvent::kRefreshed:
      return v1::TOKEN_EVENT_REFRESHED;
    case tokens::TokenEvent::kRefreshFailed:
      return v1::TOKEN_EVENT_REFRESH_FAILED;
    case tokens::TokenEvent::kGrantRefused:
      return v1::TOKEN_EVENT_GRANT_REFUSED;
    case tokens::TokenEvent::kAuthorizationRequired:
      return v1::TOKEN_EVENT_AUTHORIZATION_REQUIRED;
    case tokens::TokenEvent::kForgotten:
      return v1::TOKEN_EVENT_FORGOTTEN;
    case tokens::TokenEvent::kRestored:
      return v1::TOKEN_EVENT_RESTORED;
    case tokens::TokenEvent::kAuthorizationEnding:
      return v1::TOKEN_EVENT_AUTHORIZATION_ENDING;
  }
  return v1::TOKEN_EVENT_UNSPECIFIED;
}

}  // namespace firstmile::rpc

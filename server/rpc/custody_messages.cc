#include "rpc/custody_messages.h"

namespace firstmile::rpc {

v1::CustodyState StateOf(const tokens::TokenRecord& record) {
  if (record.forgotten) return v1::CUSTODY_STATE_FORGOTTEN;
  if (record.quarantine.has_value()) return v1::CUSTODY_STATE_AUTHORIZATION_REQUIRED;
  if (record.refresh.has_value()) return v1::CUSTODY_STATE_REFRESHING;
  return record.renewable ? v1::CUSTODY_STATE_READY : v1::CUSTODY_STATE_NOT_RENEWABLE;
}

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  out->set_seconds(absl::ToUnixSeconds(time));
}

void FillShop(const tokens::TokenRecord& record, v1::ShopCustody* shop) {
  if (record.subject.kind == tokens::SubjectKind::kShop) {
    shop->set_shop_id(record.subject.id);
  } else {
    shop->set_merchant_id(record.subject.id);
  }
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
  if (!record.quarantine.has_value()) return;
  shop->set_attention_reason(record.quarantine->reason);
  shop->set_attention_detail(record.quarantine->detail);
  SetTime(record.quarantine->since, shop->mutable_attention_time());
}

v1::CustodyEvent EventOf(tokens::Transition transition) {
  switch (transition) {
    case tokens::Transition::kAuthorized:
      return v1::CUSTODY_EVENT_AUTHORIZED;
    case tokens::Transition::kRefreshStarted:
      return v1::CUSTODY_EVENT_REFRESH_STARTED;
    case tokens::Transition::kRefreshed:
      return v1::CUSTODY_EVENT_REFRESHED;
    case tokens::Transition::kRefreshFailed:
      return v1::CUSTODY_EVENT_REFRESH_FAILED;
    case tokens::Transition::kGrantRefused:
      return v1::CUSTODY_EVENT_GRANT_REFUSED;
    case tokens::Transition::kQuarantined:
      return v1::CUSTODY_EVENT_QUARANTINED;
    case tokens::Transition::kForgotten:
      return v1::CUSTODY_EVENT_FORGOTTEN;
    case tokens::Transition::kRestored:
      return v1::CUSTODY_EVENT_RESTORED;
    case tokens::Transition::kAuthorizationEnding:
      return v1::CUSTODY_EVENT_AUTHORIZATION_ENDING;
  }
  return v1::CUSTODY_EVENT_UNSPECIFIED;
}

}  // namespace firstmile::rpc

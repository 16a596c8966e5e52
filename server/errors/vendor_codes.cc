#include "errors/vendor_codes.h"

#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace firstmile::errors {
namespace {

using enum FailureClass;

struct Row {
  absl::string_view code;  // without module, unless the module changes the meaning
  absl::string_view text;  // a lower-case fragment of the message; empty fits every message
  FailureClass failure;
};

// The first row that fits decides: a code's texts stand before its empty one.
constexpr std::array kRows = {
    // Who calls: token, authorization, permission.
    Row{"invalid_acceess_token", "", kTokenRejected},
    Row{"invalid_access_token", "", kTokenRejected},
    Row{"error_auth", "token", kTokenRejected},
    Row{"error_auth", "shopid", kReauthorize},
    Row{"error_auth", "shop_id", kReauthorize},
    Row{"error_auth", "partner_id", kPartnerMisconfigured},
    Row{"error_auth", "system error", kSystemError},
    Row{"error_auth", "", kAccessDenied},
    Row{"shop_no_linked", "", kReauthorize},
    Row{"merchant_no_linked", "", kReauthorize},
    Row{"supplier_no_linked", "", kReauthorize},
    Row{"partner_shop_no_link", "", kReauthorize},
    Row{"shop_access_expired", "", kReauthorize},
    Row{"merchant_access_expired", "", kReauthorize},
    Row{"supplier_access_expired", "", kReauthorize},
    Row{"principal_access_expired", "", kReauthorize},
    Row{"refresh_token_expired", "", kReauthorize},
    Row{"error_shop_refresh_token", "", kReauthorize},
    Row{"error_merchant_refresh_token", "", kReauthorize},
    Row{"error_permission", "", kAccessDenied},
    Row{"error_api_permission", "", kAccessDenied},
    Row{"error_ashop_api_permission", "", kAccessDenied},
    Row{"error_api_call_restricted", "", kAccessDenied},
    Row{"auth", "", kAccessDenied},
    Row{"shipment_auth", "", kAccessDenied},
    Row{"shipment_pre_declare_permission", "", kAccessDenied},
    Row{"error_kyc_auth", "", kSellerNotRegistered},
    Row{"shop_banned", "", kAccountBanned},
    Row{"partner_frozen", "", kAccountBanned},
    Row{"source_ip_undeclared", "", kAddressUndeclared},
    Row{"api_suspended", "", kApiOffline},

    // The operator's side.
    Row{"error_sign", "", kPartnerMisconfigured},
    Row{"error_partner_key_expired", "", kPartnerMisconfigured},
    Row{"invalid_partner_id", "", kPartnerMisconfigured},

    // Limits. Inside the module logistics, error_limit has nothing to do with the quota.
    Row{"error_rate_limit", "", kRateLimited},
    Row{"logistics.error_limit", "", kWrongState},
    Row{"error_limit", "", kDailyQuota},

    // error_param covers everything from a missing signature to a parcel in the wrong warehouse.
    Row{"error_param", "access_token", kTokenRejected},
    Row{"error_param", "has no link", kReauthorize},
    Row{"error_param", "partner_id", kPartnerMisconfigured},
    Row{"error_param", "timestamp is expired", kClockSkew},
    Row{"error_param", "timestamp", kPartnerMisconfigured},
    Row{"error_param", "no sign in query", kPartnerMisconfigured},
    Row{"error_param", "api is currently offline", kApiOffline},
    Row{"error_param", "request not from gateway", kSystemError},
    Row{"error_param", "is not found", kNotFound},
    Row{"error_param", "is being allocated", kWrongState},
    Row{"error_param", "", kInvalidArgument},

    // The platform's own trouble.
    Row{"error_network", "", kSystemError},
    Row{"error_server", "", kSystemError},
    Row{"error_data", "", kSystemError},
    Row{"error_config", "", kSystemError},
    Row{"system_error", "", kSystemError},
    Row{"error_other", "system error", kSystemError},

    // First mile.
    Row{"area_not_support", "", kInvalidArgument},
    Row{"date_error", "", kInvalidArgument},
    Row{"date_format_error", "", kInvalidArgument},
    Row{"date_range_error", "", kInvalidArgument},
    Row{"invalid_response_field", "", kInvalidArgument},
    Row{"max_number_limit", "", kInvalidArgument},
    Row{"param_duplication", "", kInvalidArgument},
    Row{"wrong_shipment_method", "", kInvalidArgument},
    Row{"unknown_error", "fm_date_format_error", kInvalidArgument},
    Row{"order_not_exist", "", kNotFound},
    Row{"invalid_package", "", kNotFound},
    Row{"business_error", "", kWrongState},
    Row{"invalid_order_status", "", kWrongState},
    Row{"order_has_been_split", "", kWrongState},
    Row{"package_has_bind", "", kWrongState},
    Row{"package_has_not_bind", "", kWrongState},
    Row{"firstmile.error", "system error", kSystemError},
    Row{"firstmile.error", "does not exist", kNotFound},
    Row{"firstmile.error", "are not matched", kInvalidArgument},
    Row{"firstmile.error", "", kWrongState},

    // Logistics and the rest.
    Row{"error_not_found", "", kNotFound},
    Row{"error_shop", "", kInvalidArgument},
    Row{"invalid_shop", "", kInvalidArgument},
    Row{"invalid_error", "not exist", kNotFound},
    Row{"invalid_error", "", kInvalidArgument},
    Row{"package_not_exist", "", kNotFound},
    Row{"package_number_not_found", "", kNotFound},
    Row{"package_number_not_exist", "", kInvalidArgument},
    Row{"error_status", "", kWrongState},
    Row{"error_status_limit", "", kWrongState},
    Row{"invalid_address_version", "", kWrongState},
    Row{"batch_api_all_failed", "", kBatchAllFailed},
};

}  // namespace

absl::string_view WithoutModule(absl::string_view vendor_code) {
  for (absl::string_view module : {"common.", "firstmile.", "logistics.", "order."}) {
    if (absl::ConsumePrefix(&vendor_code, module)) break;
  }
  return vendor_code;
}

std::optional<FailureClass> Classify(absl::string_view vendor_code, absl::string_view vendor_message) {
  const absl::string_view whole = absl::StripAsciiWhitespace(vendor_code);
  const absl::string_view bare = WithoutModule(whole);
  const std::string text = absl::AsciiStrToLower(vendor_message);
  for (const Row& row : kRows) {
    if (row.code != bare && row.code != whole) continue;
    if (absl::StrContains(text, row.text)) return row.failure;
  }
  return std::nullopt;
}

}  // namespace firstmile::errors

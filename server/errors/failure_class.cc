#include "errors/failure_class.h"

#include <array>
#include <cstddef>

namespace firstmile::errors {
namespace {

constexpr std::array kTraits = {
    ClassTraits{FailureClass::kTokenRejected, Code::kUnauthenticated, "TOKEN_REJECTED",
                Recovery::kRefreshToken,
                "Authorize the shop again if this stays after the sidecar has refreshed the token."},
    ClassTraits{FailureClass::kReauthorize, Code::kFailedPrecondition, "SHOP_NOT_AUTHORIZED", Recovery::kNone,
                "Let the seller authorize the app again."},
    ClassTraits{FailureClass::kAccessDenied, Code::kPermissionDenied, "ACCESS_DENIED", Recovery::kNone,
                "Check in the Open Platform Console that the app and the shop may use this API."},
    ClassTraits{FailureClass::kSellerNotRegistered, Code::kPermissionDenied, "SELLER_NOT_REGISTERED",
                Recovery::kNone, "Ask the seller to complete the Seller Registration in the Seller Center."},
    ClassTraits{FailureClass::kAccountBanned, Code::kPermissionDenied, "ACCOUNT_BANNED", Recovery::kNone,
                "Wait until the platform restores the account; calls are refused until then."},
    ClassTraits{FailureClass::kAddressUndeclared, Code::kPermissionDenied, "SOURCE_IP_UNDECLARED",
                Recovery::kNone,
                "Declare the sidecar's public address in the console's IP Address Whitelist of the app."},
    ClassTraits{FailureClass::kApiOffline, Code::kFailedPrecondition, "API_OFFLINE", Recovery::kNone,
                "Check the announcements of the Open Platform: this API is switched off."},
    ClassTraits{
        FailureClass::kPartnerMisconfigured, Code::kFailedPrecondition, "PARTNER_MISCONFIGURED",
        Recovery::kNone,
        "Check the sidecar's partner id, partner key and host: all three must be of one environment."},
    ClassTraits{FailureClass::kClockSkew, Code::kFailedPrecondition, "CLOCK_SKEW", Recovery::kCorrectClock,
                "Set the clock of the sidecar's machine: a signature is valid for five minutes."},
    ClassTraits{FailureClass::kEndpointMissing, Code::kFailedPrecondition, "ENDPOINT_MISSING",
                Recovery::kNone,
                "Check the upstream address in the configuration: the host does not serve this path."},
    ClassTraits{FailureClass::kRateLimited, Code::kResourceExhausted, "RATE_LIMITED", Recovery::kBackOff,
                "Call less often for this shop."},
    ClassTraits{FailureClass::kDailyQuota, Code::kResourceExhausted, "DAILY_QUOTA", Recovery::kNone,
                "Wait until 00:00 UTC+8, when the app's daily call limit starts anew."},
    ClassTraits{FailureClass::kInvalidArgument, Code::kInvalidArgument, "ARGUMENT_REFUSED", Recovery::kNone,
                "Correct the request; the platform's text says what it refuses."},
    ClassTraits{FailureClass::kNotFound, Code::kNotFound, "NOT_FOUND", Recovery::kNone,
                "Check that the order, package or number exists and belongs to this shop."},
    ClassTraits{FailureClass::kWrongState, Code::kFailedPrecondition, "WRONG_STATE", Recovery::kNone,
                "Read the current state before trying again; the same call fails until the state changes."},
    ClassTraits{FailureClass::kBatchAllFailed, Code::kFailedPrecondition, "BATCH_ALL_FAILED", Recovery::kNone,
                "Check the orders or numbers of the request: the platform took none of them."},
    ClassTraits{FailureClass::kSystemError, Code::kUnavailable, "UPSTREAM_UNAVAILABLE", Recovery::kRetryRead,
                "Try again later; read the state back before repeating a write."},
    ClassTraits{FailureClass::kUnreachable, Code::kUnavailable, "UPSTREAM_UNREACHABLE", Recovery::kRetryRead,
                "Check the network and the upstream address; read the state back before repeating a write."},
    ClassTraits{FailureClass::kUnreadable, Code::kInternal, "ANSWER_UNREADABLE", Recovery::kRetryRead,
                "Read the state back before repeating a write; report an answer that stays unreadable."},
    ClassTraits{FailureClass::kUnknown, Code::kUnknown, "UPSTREAM_ERROR", Recovery::kNone, ""},
};

constexpr bool EachClassStandsAtItsNumber() {
  for (std::size_t i = 0; i < kTraits.size(); ++i) {
    if (static_cast<std::size_t>(kTraits[i].failure) != i) return false;
  }
  return kTraits.size() == static_cast<std::size_t>(FailureClass::kUnknown) + 1;
}
static_assert(EachClassStandsAtItsNumber());

}  // namespace

const ClassTraits& TraitsOf(FailureClass failure) {
  return kTraits[static_cast<std::size_t>(failure)];
}

}  // namespace firstmile::errors

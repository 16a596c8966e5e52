// The refusals of custody: what a caller is told when there is no token to sign with.
//
// Pure functions; safe from any thread. None of them takes a secret.
#pragma once

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "tokens/access_tokens.h"
#include "tokens/auth_client.h"
#include "tokens/token_record.h"

namespace firstmile::tokens {

// The reason of UnknownSubject.
inline constexpr absl::string_view kNoAccessToken = "NO_ACCESS_TOKEN";

// NO_ACCESS_TOKEN: custody does not know the subject.
TokenRefusal UnknownSubject(Subject subject);

// AUTHORIZATION_REQUIRED: the record is in quarantine. `url` may be empty.
TokenRefusal AuthorizationRequired(const TokenRecord& record, const std::string& url);

// TOKEN_NOT_RENEWABLE: the pair came without a refresh token and its access token is of no use any more.
TokenRefusal NotRenewable(Subject subject);

// TOKEN_REJECTED: the platform refuses a token that it gave out a moment ago.
TokenRefusal FreshTokenRejected(Subject subject);

// TOKEN_STORE_UNAVAILABLE, or TOKEN_UNREADABLE when the record is there and cannot be opened.
TokenRefusal StoreTrouble(Subject subject, const absl::Status& status);
// The same for a question about everybody.
TokenRefusal StoreTrouble(const absl::Status& status);

// The refresh failed for a reason that may pass; the platform's own words are in the message.
TokenRefusal RefreshFailed(Subject subject, const GrantAnswer& answer);

// TOKEN_REFRESH_BUSY: another process refreshes and does not come to an end.
TokenRefusal HeldByOthers(Subject subject);

// True when the subject's record is the reason: asking the platform would change nothing. False for failures
// that may pass.
bool IsLasting(const TokenRefusal& refusal);

// CANCELLED: the caller, or this process, does not wait any longer.
TokenRefusal StoppedWaiting();

// The one form of a refusal as a status, with the address of the login page and the time to come back.
google::rpc::Status StatusOf(const TokenRefusal& refusal, absl::string_view operation);

}  // namespace firstmile::tokens

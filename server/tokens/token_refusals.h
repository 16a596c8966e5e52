// The errors for callers when no token is available to sign with.
//
// Pure functions; safe from any thread. None of them takes a secret.
#pragma once

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "tokens/access_tokens.h"
#include "tokens/grant_answer.h"
#include "tokens/token_record.h"

namespace firstmile::tokens {

// The reason of UnknownSubject.
inline constexpr absl::string_view kNoAccessToken = "NO_ACCESS_TOKEN";

// NO_ACCESS_TOKEN: no token of the subject is stored.
TokenRefusal UnknownSubject(Subject subject);

// AUTHORIZATION_REQUIRED: the seller must log in. `url` may be empty.
TokenRefusal AuthorizationRequired(const TokenRecord& record, const std::string& url);

// TOKEN_NOT_RENEWABLE: the pair came without a refresh token, and its access token is no longer usable.
TokenRefusal NotRenewable(Subject subject);

// TOKEN_REJECTED: Shopee refuses a token that it gave out a moment ago. `wait`: until a refresh is tried.
TokenRefusal FreshTokenRejected(Subject subject, absl::Duration wait);

// TOKEN_STORE_UNAVAILABLE, or TOKEN_UNREADABLE when the record is there and cannot be opened.
TokenRefusal StoreFailed(Subject subject, const absl::Status& status);
// The same for a question about all subjects.
TokenRefusal StoreFailed(const absl::Status& status);

// The refresh failed and may succeed later: TOKEN_REFRESH_FAILED, TOKEN_ANSWER_UNCLEAR or the reason of the
// answer's error_class. The message quotes Shopee.
TokenRefusal RefreshFailed(Subject subject, const GrantAnswer& answer);

// TOKEN_REFRESH_BUSY: another process's refresh does not finish.
TokenRefusal RefreshBusy(Subject subject);

// SIDECAR_OVERLOADED: too many token calls are in progress; this subject's call got no permit in time.
TokenRefusal TooManyTokenCalls(Subject subject);

// Whether the subject's record is the cause, so that calling Shopee would change nothing. False for failures
// that may pass.
bool IsLasting(const TokenRefusal& refusal);

// CANCELLED: the caller or this process no longer waits.
TokenRefusal StoppedWaiting();

// The refusal as a status, with the login page's URL, the retry delay, and the code and request id of
// Shopee's answer. `operation` is "Service/Method".
google::rpc::Status StatusOf(const TokenRefusal& refusal, absl::string_view operation);

}  // namespace firstmile::tokens

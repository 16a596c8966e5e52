// Classifies answers to token calls, whose token or code can be used only once.
//
// Plain values and pure functions; safe from any thread.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "codec/token_grant.h"
#include "errors/error_class.h"
#include "transport/http_transport.h"

namespace firstmile::tokens {

// The kind of token call that an answer belongs to.
enum class TokenCall {
  kRefresh,  // consumes a refresh token; started by the sidecar, not by a caller
  kLogin,    // consumes a caller's code or resend code
};

// How a token call ended, as far as its single-use token or code is concerned.
enum class GrantEnd {
  kGranted,
  kRefused,     // Shopee does not know the token or code, or the authorization has ended
  kNotApplied,  // the call had no effect: not sent, throttled, forbidden, wrongly signed
  kUnknown,     // the token may be consumed: the answer is missing, incomplete or unreadable
};

// The reason for an answer with the tokens of another shop, merchant or partner. They are dropped. The answer
// to the token that was sent counts as lost.
inline constexpr absl::string_view kTokenOfAnotherSubject = "TOKEN_OF_ANOTHER_SUBJECT";

struct GrantAnswer {
  GrantEnd end = GrantEnd::kUnknown;
  bool too_late = false;             // kNotApplied: the request could not be sent by the time given
  std::string request_id;            // Shopee's
  codec::TokenGrant grant;           // kGranted
  errors::ErrorClass error_class;    // otherwise: the error for callers
  errors::UpstreamFailure failure;   // the same in Shopee's words; tokens are masked
  bool authorization_ended = false;  // kRefused: the seller's authorization has ended, whatever the token

  bool is_of_another() const { return error_class.reason == kTokenOfAnotherSubject; }
};

// SIDECAR_OVERLOADED: a login that was not sent, since `calls_max` other token calls took all its time.
GrantAnswer TooManyOthers(std::size_t calls_max);

// The answer of a call that brought none of Shopee's.
GrantAnswer NoAnswer(TokenCall call, const transport::HttpResult& result);

// The result of an answer without a usable pair, described by `failure`. Its error_class is never NOT_FOUND
// or INVALID_ARGUMENT, since the caller did not make the token request.
GrantAnswer WithoutPair(TokenCall call, errors::UpstreamFailure failure, absl::Time now);

// The result of an answer with the tokens of another shop, merchant or partner.
GrantAnswer OfAnother(TokenCall call, const std::string& request_id, int http_status);

// TOKENS_WITHOUT_SUBJECT: Shopee granted the login for no shop or merchant, so its pair is useless.
GrantAnswer WithoutSubject(const std::string& request_id, int http_status);

}  // namespace firstmile::tokens

// Token events, for logs, metrics and watchers.
//
// Implementations of TokenEvents must be thread-safe: every event loop reports its own subjects' events.
#pragma once

#include "absl/strings/string_view.h"
#include "tokens/token_record.h"

namespace firstmile::tokens {

enum class TokenEvent {
  kAuthorized,             // a login or import brought a pair
  kRefreshStarted,         // durable; the request is sent next
  kRefreshed,              // the new pair is durable
  kRefreshFailed,          // the sidecar retries
  kGrantRefused,           // an answer brought another subject's tokens; they were dropped
  kAuthorizationRequired,  // the seller must log in
  kForgotten,              // a caller asked to forget the subject
  kRestored,               // the store had lost the record
  kAuthorizationEnding     // the seller's authorization expires within a week
};

absl::string_view NameOf(TokenEvent event);  // lower_snake, for logs and labels

class TokenEvents {
 public:
  virtual ~TokenEvents() = default;

  // `record` is as stored, with its token pair: never print it. `reason` is machine-readable, and empty when
  // the event needs none. Must not block.
  virtual void On(TokenEvent event, const TokenRecord& record, absl::string_view reason) = 0;
};

}  // namespace firstmile::tokens

// What happens to tokens, told to whoever logs, counts or watches.
//
// CustodyEvents must be thread-safe: every event loop tells its own shops' events.
#pragma once

#include "absl/strings/string_view.h"
#include "tokens/token_record.h"

namespace firstmile::tokens {

enum class Transition {
  kAuthorized,          // a person brought a pair
  kRefreshStarted,      // durable; the request leaves next
  kRefreshed,           // the new pair is durable
  kRefreshFailed,       // it will be tried again
  kGrantRefused,        // an answer brought another subject's tokens; they were dropped
  kQuarantined,         // a person is needed
  kForgotten,           // somebody asked to forget the subject
  kRestored,            // the store had lost the record
  kAuthorizationEnding  // the seller's authorization ends within a week
};

absl::string_view NameOf(Transition transition);  // lower_snake, for logs and labels

class CustodyEvents {
 public:
  virtual ~CustodyEvents() = default;

  // `record` is as the store has it, its pair included: do not show it. `reason` is a word for programs,
  // empty where there is nothing to explain. Must not block.
  virtual void On(Transition transition, const TokenRecord& record, absl::string_view reason) = 0;
};

}  // namespace firstmile::tokens

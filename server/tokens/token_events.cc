#include "tokens/token_events.h"

namespace firstmile::tokens {

absl::string_view NameOf(TokenEvent event) {
  switch (event) {
    case TokenEvent::kAuthorized:
      return "authorized";
    case TokenEvent::kRefreshStarted:
      return "refresh_started";
    case TokenEvent::kRefreshed:
      return "refreshed";
    case TokenEvent::kRefreshFailed:
      return "refresh_failed";
    case TokenEvent::kGrantRefused:
      return "grant_refused";
    case TokenEvent::kAuthorizationRequired:
      return "authorization_required";
    case TokenEvent::kForgotten:
      return "forgotten";
    case TokenEvent::kRestored:
      return "restored";
    case TokenEvent::kAuthorizationEnding:
      return "authorization_ending";
  }
  return "";
}

}  // namespace firstmile::tokens

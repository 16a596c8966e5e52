#include "app/token_log.h"

#include "absl/strings/str_cat.h"
#include "ops/call_log.h"

namespace firstmile::app {
namespace {

ops::LogLevel LevelOf(tokens::TokenEvent event) {
  switch (event) {
    case tokens::TokenEvent::kAuthorizationRequired:
      return ops::LogLevel::kError;
    case tokens::TokenEvent::kRefreshFailed:
    case tokens::TokenEvent::kGrantRefused:
    case tokens::TokenEvent::kRestored:
    case tokens::TokenEvent::kAuthorizationEnding:
      return ops::LogLevel::kWarning;
    default:
      return ops::LogLevel::kInfo;
  }
}

// "token_" and the event's label in firstmile_token_events_total.
ops::EventName EventOf(tokens::TokenEvent event) {
  switch (event) {
    case tokens::TokenEvent::kAuthorized:
      return "token_authorized";
    case tokens::TokenEvent::kRefreshStarted:
      return "token_refresh_started";
    case tokens::TokenEvent::kRefreshed:
      return "token_refreshed";
    case tokens::TokenEvent::kRefreshFailed:
      return "token_refresh_failed";
    case tokens::TokenEvent::kGrantRefused:
      return "token_grant_refused";
    case tokens::TokenEvent::kAuthorizationRequired:
      return "token_authorization_required";
    case tokens::TokenEvent::kForgotten:
      return "token_forgotten";
    case tokens::TokenEvent::kRestored:
      return "token_restored";
    case tokens::TokenEvent::kAuthorizationEnding:
      return "token_authorization_ending";
  }
  return "token_refreshed";
}

}  // namespace

void LogTokenEvent(tokens::TokenEvent event, const tokens::TokenRecord& record, absl::string_view reason) {
  const std::string subject = tokens::NameOf(record.subject);
  ops::LogEvent(LevelOf(event), EventOf(event),
                reason.empty() ? subject : absl::StrCat(subject, ": ", reason));
}

}  // namespace firstmile::app

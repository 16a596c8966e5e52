#include "app/custody_log.h"

#include "absl/strings/str_cat.h"
#include "ops/call_log.h"

namespace firstmile::app {
namespace {

ops::LogLevel LevelOf(tokens::Transition transition) {
  switch (transition) {
    case tokens::Transition::kQuarantined:
      return ops::LogLevel::kError;
    case tokens::Transition::kRefreshFailed:
    case tokens::Transition::kGrantRefused:
    case tokens::Transition::kRestored:
    case tokens::Transition::kAuthorizationEnding:
      return ops::LogLevel::kWarning;
    default:
      return ops::LogLevel::kInfo;
  }
}

}  // namespace

void LogCustodyEvent(tokens::Transition transition, const tokens::TokenRecord& record,
                     absl::string_view reason) {
  const std::string subject = tokens::NameOf(record.subject);
  ops::LogEvent(LevelOf(transition), absl::StrCat("token_", tokens::NameOf(transition)),
                reason.empty() ? subject : absl::StrCat(subject, ": ", reason));
}

}  // namespace firstmile::app

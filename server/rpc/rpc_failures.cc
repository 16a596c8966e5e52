#include "rpc/rpc_failures.h"

#include "absl/strings/str_cat.h"
#include "errors/status.h"

namespace firstmile::rpc {

using errors::Code;
using errors::Local;

google::rpc::Status DeadlinePassed(absl::string_view operation) {
  return Local(Code::kDeadlineExceeded, "DEADLINE_EXCEEDED", "The deadline passed.", operation);
}

google::rpc::Status CallerCancelled(absl::string_view operation) {
  return Local(Code::kCancelled, "CANCELLED", "The caller cancelled the call.", operation);
}

google::rpc::Status CallerDisconnected(absl::string_view operation) {
  return Local(Code::kCancelled, "CANCELLED", "The caller disconnected.", operation);
}

google::rpc::Status ReaderTookNothing(std::chrono::milliseconds time, absl::string_view operation) {
  return Local(Code::kCancelled, "CANCELLED",
               absl::StrCat("The reader took nothing for ", time.count(),
                            " ms (server.default_deadline_ms), so that the call was ended."),
               operation);
}

google::rpc::Status QueueOfQueriesIsFull(std::size_t waiting, absl::string_view operation) {
  return Local(Code::kResourceExhausted, "SIDECAR_OVERLOADED",
               absl::StrCat("Not begun: ", waiting,
                            " calls of ListShops and CheckSignature already wait, the most that may."),
               operation);
}

google::rpc::Status WithoutRedirect(absl::string_view operation) {
  return errors::InvalidRequest(
      {{"redirect_url", "must be given here, or as tokens.redirect_url in the configuration"}}, operation);
}

google::rpc::Status TokensNotStored(subjects::Subject subject, absl::string_view operation) {
  return Local(Code::kNotFound, "TOKENS_NOT_STORED",
               absl::StrCat("No tokens are stored for ", subjects::NameOf(subject), "."), operation,
               subject.kind);
}

google::rpc::Status WatchEndsAtDrain(absl::string_view operation) {
  return Local(Code::kUnavailable, "DRAINING", "The sidecar is shutting down; watch again at another one.",
               operation);
}

google::rpc::Status WatcherTooSlow(std::size_t waiting, absl::string_view operation) {
  return Local(Code::kResourceExhausted, "WATCHER_TOO_SLOW",
               absl::StrCat("The reader fell ", waiting,
                            " events behind, the most that wait; list the shops, then watch again."),
               operation);
}

google::rpc::Status EndIsNotTold(absl::string_view operation) {
  return Local(Code::kInternal, "ANSWER_UNREADABLE",
               "Shopee does not tell whether the list goes on: its `more` is not a boolean.", operation);
}

google::rpc::Status CursorStandsStill(absl::string_view operation) {
  return Local(Code::kInternal, "CURSOR_STUCK",
               "Shopee says that the list goes on, but its cursor does not move.", operation);
}

google::rpc::Status CursorLeadsBack(absl::string_view operation) {
  return Local(Code::kInternal, "CURSOR_STUCK",
               "Shopee says that the list goes on, but its cursor leads back to earlier pages.", operation);
}

google::rpc::Status CursorTooLong(std::size_t bytes, std::size_t bytes_max, absl::string_view operation) {
  return Local(Code::kInternal, "ANSWER_UNREADABLE",
               absl::StrCat("Shopee's next_cursor has ", bytes, " bytes; the sidecar sends back at most ",
                            bytes_max, "."),
               operation);
}

google::rpc::Status TooManyPages(std::uint64_t pages_max, absl::string_view operation) {
  return Local(Code::kInternal, "TOO_MANY_PAGES",
               absl::StrCat("The list did not end after ", pages_max, " pages."), operation);
}

}  // namespace firstmile::rpc

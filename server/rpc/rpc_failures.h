// The failures that the rpcs find themselves, without the gateway.
//
// Pure functions; safe from any thread. `operation` is "Service/Method".
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "google/rpc/status.pb.h"
#include "subjects/subject.h"

namespace firstmile::rpc {

google::rpc::Status DeadlinePassed(absl::string_view operation);

// CANCELLED, for the log: the caller does not read it.
google::rpc::Status CallerCancelled(absl::string_view operation);
google::rpc::Status CallerDisconnected(absl::string_view operation);
google::rpc::Status ReaderTookNothing(std::chrono::milliseconds time, absl::string_view operation);

// SIDECAR_OVERLOADED: `waiting` calls of ListShops and CheckSignature wait.
google::rpc::Status QueueOfQueriesIsFull(std::size_t waiting, absl::string_view operation);

// Of AuthService.
google::rpc::Status WithoutRedirect(absl::string_view operation);
google::rpc::Status TokensNotStored(subjects::Subject subject, absl::string_view operation);
google::rpc::Status WatchEndsAtDrain(absl::string_view operation);
google::rpc::Status WatcherTooSlow(std::size_t waiting, absl::string_view operation);

// Of streams whose pages lead nowhere.
google::rpc::Status EndIsNotTold(absl::string_view operation);
google::rpc::Status CursorStandsStill(absl::string_view operation);
google::rpc::Status CursorLeadsBack(absl::string_view operation);
google::rpc::Status CursorTooLong(std::size_t bytes, std::size_t bytes_max, absl::string_view operation);
google::rpc::Status TooManyPages(std::uint64_t pages_max, absl::string_view operation);

}  // namespace firstmile::rpc

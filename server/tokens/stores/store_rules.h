// What all token stores share: argument limits and version numbers.
//
// Pure functions, except for the clock that NextVersion reads; safe from any thread.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tokens/stores/token_store.h"

namespace firstmile::tokens {

absl::Status CheckKey(const std::string& key);
absl::Status CheckWrite(const std::string& key, const std::string& bytes);
absl::Status CheckList(int limit);

// Bounds of a store's configurable time limits.
inline constexpr absl::Duration kStoreWaitMin = absl::Milliseconds(10);
inline constexpr absl::Duration kStoreWaitMax = absl::Minutes(1);
absl::Status CheckWait(absl::string_view option, absl::Duration wait);

// The version of a write that replaces `expected`: the clock's nanoseconds, or `expected` + 1 if that is
// more; never the same twice in one process. Based on the clock, versions do not restart when a store loses
// its records.
Version NextVersion(Version expected);

absl::Status ChangedMeanwhile(const std::string& key);

}  // namespace firstmile::tokens

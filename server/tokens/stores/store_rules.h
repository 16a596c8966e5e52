// What all token stores have in common: the limits of their arguments and the making of versions.
//
// Pure functions, except for the clock that NextVersion reads; safe from any thread.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tokens/token_store.h"

namespace firstmile::tokens {

absl::Status CheckKey(const std::string& key);
absl::Status CheckWrite(const std::string& key, const std::string& bytes);
absl::Status CheckList(int limit);

// What a store may be told to wait: long enough to mean anything, short enough to end.
inline constexpr absl::Duration kStoreWaitMin = absl::Milliseconds(10);
inline constexpr absl::Duration kStoreWaitMax = absl::Minutes(1);
absl::Status CheckWait(absl::string_view option, absl::Duration wait);

// The version of a write over `expected`: the nanoseconds of the clock, or more where it stands behind; never
// the same twice in one process. A clock needs no store to remember it, so versions do not start again when a
// store loses its records.
Version NextVersion(Version expected);

absl::Status ChangedMeanwhile(const std::string& key);

}  // namespace firstmile::tokens

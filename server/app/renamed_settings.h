// Names of the configuration that an earlier version had. Each is refused with the name of now, or with the
// reason why there is none: an operator who upgrades must not search.
//
// Plain values and pure functions. The section of the version in server/docs/CHANGELOG.md lists the same.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace firstmile::app {

struct RenamedSetting {
  absl::string_view old_name;  // path of a field
  absl::string_view new_name;  // the field's name now; empty: it was removed
  absl::string_view advice;    // of one that was removed
};

struct RenamedWord {
  absl::string_view field;  // whose value it is; empty: a variable of the environment
  absl::string_view old_name;
  absl::string_view new_name;
};

inline constexpr char kRenamedIn[] = "0.2";

absl::Span<const RenamedSetting> RenamedSettings();
absl::Span<const RenamedWord> RenamedWords();

// "was renamed to tokens in 0.2", for the old path of a field; empty for any other.
std::string RenamedField(absl::string_view path);

// The word that takes the place of an old one; empty for any other.
absl::string_view RenamedValue(absl::string_view field, absl::string_view value);
absl::string_view RenamedVariable(absl::string_view name);

// "warn was renamed to warning in 0.2".
std::string RenamedText(absl::string_view old_name, absl::string_view new_name);

}  // namespace firstmile::app

// Appends JSON values to a text the way the platform reads them.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::codec {

// `text` in quotes, escaped; UTF-8 stays as it is.
void AppendJsonString(absl::string_view text, std::string* out);

// The shortest decimal that reads back as `value`: 1.5, 1, 0.05. `value` is finite.
std::string DecimalText(double value);
std::string DecimalText(float value);

}  // namespace firstmile::codec

// Appends JSON values in the format that Shopee reads.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::codec {

// Appends `text` quoted and escaped; UTF-8 is not escaped.
void AppendJsonString(absl::string_view text, std::string* out);

// The shortest decimal that parses to `value`: 1.5, 1, 0.05. REQUIRES: `value` is finite.
std::string DecimalText(double value);
std::string DecimalText(float value);

}  // namespace firstmile::codec

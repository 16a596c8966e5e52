// Text formats of request fields.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "firstmile/mapping/options.pb.h"

namespace firstmile::endpoints {

// Quotes a wrong value for a violation: short and without terminal control characters.
std::string Quoted(absl::string_view text);

// Strictly YYYY-MM-DD, and an existing day.
bool IsDate(absl::string_view text);

// What is wrong with a text of the form, for a violation; empty when it is valid.
std::string FaultOf(absl::string_view text, firstmile::mapping::TextForm form);

}  // namespace firstmile::endpoints

// The platform's error codes and texts, each with its kind of failure.
//
// Pure functions over constant data; safe from any thread.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "errors/failure_class.h"

namespace firstmile::errors {

// The code without the module that some pages put before it: common., firstmile., logistics., order.
absl::string_view WithoutModule(absl::string_view vendor_code);

// Empty when the platform's code is not known. One code covers many texts, so the text decides too.
std::optional<FailureClass> Classify(absl::string_view vendor_code, absl::string_view vendor_message);

}  // namespace firstmile::errors

// Reads single JSON values, tolerating other types.
//
// Pure functions; safe from any thread. Only the codec includes this header, since it exposes the JSON
// library.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::codec {

enum class Reading {
  kValue,
  kNothing,  // absent: null, an empty text, a lone "-", an empty object or list
  kWrong,    // not readable as the requested type
};

// Without surrounding whitespace; empty for a lone "-", which Shopee writes for missing values.
absl::string_view Trimmed(absl::string_view text);

// kNothing as above, otherwise kValue: the caller reads the value.
Reading Presence(simdjson::dom::element value);

Reading ReadInteger(simdjson::dom::element value, std::int64_t* out);
Reading ReadNumber(simdjson::dom::element value, double* out);
Reading ReadBool(simdjson::dom::element value, bool* out);

// Never kWrong: numbers and booleans become text, objects and lists compact JSON.
Reading ReadText(simdjson::dom::element value, std::string* out);

// As ReadText, without a copy if `value` is a text; `scratch` holds the text of any other value.
absl::string_view ViewText(simdjson::dom::element value, std::string* scratch);

// As ReadText; empty for kNothing.
std::string TextOf(simdjson::dom::element value);

// Such as "a text" or "a list", for messages.
absl::string_view KindOf(simdjson::dom::element value);

}  // namespace firstmile::codec

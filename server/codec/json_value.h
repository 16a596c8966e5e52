// Reads single JSON values and forgives their types.
//
// Pure functions; safe from any thread. Only the codec includes this header: it carries the JSON library.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::codec {

enum class Reading {
  kValue,
  kNothing,  // null, an empty text or a lone "-", an empty object or list: absent
  kWrong,    // cannot be read as the type asked for
};

// Without surrounding whitespace; empty for a lone "-", which the platform writes where it has nothing to
// say.
absl::string_view Trimmed(absl::string_view text);

// kNothing as above. Else kValue: the caller reads the value.
Reading Presence(simdjson::dom::element value);

Reading ReadInteger(simdjson::dom::element value, std::int64_t* out);
Reading ReadNumber(simdjson::dom::element value, double* out);
Reading ReadBool(simdjson::dom::element value, bool* out);

// Never kWrong: numbers and truth values give their text, objects and lists their compact JSON.
Reading ReadText(simdjson::dom::element value, std::string* out);

// As ReadText without a copy where `value` is a text; `scratch` holds the text of any other value.
absl::string_view ViewText(simdjson::dom::element value, std::string* scratch);

// As ReadText, empty when there is nothing.
std::string TextOf(simdjson::dom::element value);

// "a text", "a list": for messages.
absl::string_view KindOf(simdjson::dom::element value);

}  // namespace firstmile::codec

#include "codec/json_value.h"

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "codec/json_writer.h"

namespace firstmile::codec {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// 2^63, the first double beyond std::int64_t.
constexpr double kInt64Limit = 9223372036854775808.0;

absl::string_view TrimmedText(element value) {
  const std::string_view text = value.get_string().value_unsafe();
  return Trimmed(absl::string_view(text.data(), text.size()));
}

Reading IntegerOf(double number, std::int64_t* out) {
  const bool fits = number >= -kInt64Limit && number < kInt64Limit && std::trunc(number) == number;
  if (!fits) return Reading::kWrong;
  *out = static_cast<std::int64_t>(number);
  return Reading::kValue;
}

Reading IntegerOf(absl::string_view text, std::int64_t* out) {
  if (text.empty()) return Reading::kNothing;
  if (absl::SimpleAtoi(text, out)) return Reading::kValue;
  // 12.0 and 1e3 are integers too. A long row of digits is not parsed as a double, which would round it.
  if (text.find_first_of(".eE") == absl::string_view::npos) return Reading::kWrong;
  double number = 0;
  return absl::SimpleAtod(text, &number) ? IntegerOf(number, out) : Reading::kWrong;
}

Reading BoolOf(absl::string_view text, bool* out) {
  if (text.empty()) return Reading::kNothing;
  return absl::SimpleAtob(text, out) ? Reading::kValue : Reading::kWrong;
}

Reading BoolOf(double number, bool* out) {
  if (number != 0 && number != 1) return Reading::kWrong;
  *out = number == 1;
  return Reading::kValue;
}

}  // namespace

absl::string_view Trimmed(absl::string_view text) {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text);
  return trimmed == "-" ? absl::string_view() : trimmed;
}

Reading Presence(element value) {
  switch (value.type()) {
    case element_type::NULL_VALUE:
      return Reading::kNothing;
    case element_type::STRING:
      return TrimmedText(value).empty() ? Reading::kNothing : Reading::kValue;
    case element_type::ARRAY:
      return value.get_array().value_unsafe().size() == 0 ? Reading::kNothing : Reading::kValue;
    case element_type::OBJECT:
      return value.get_object().value_unsafe().size() == 0 ? Reading::kNothing : Reading::kValue;
    default:
      return Reading::kValue;
  }
}

Reading ReadInteger(element value, std::int64_t* out) {
  switch (value.type()) {
    case element_type::INT64:
      *out = value.get_int64().value_unsafe();
      return Reading::kValue;
    case element_type::DOUBLE:
      return IntegerOf(value.get_double().value_unsafe(), out);
    case element_type::STRING:
      return IntegerOf(TrimmedText(value), out);
    case element_type::BOOL:
      *out = value.get_bool().value_unsafe() ? 1 : 0;
      return Reading::kValue;
    default:  // includes UINT64, which is out of range
      return Presence(value) == Reading::kNothing ? Reading::kNothing : Reading::kWrong;
  }
}

Reading ReadNumber(element value, double* out) {
  if (value.is_number()) {
    *out = value.get_double().value_unsafe();
    return Reading::kValue;
  }
  if (Presence(value) == Reading::kNothing) return Reading::kNothing;
  if (!value.is_string()) return Reading::kWrong;
  return absl::SimpleAtod(TrimmedText(value), out) && std::isfinite(*out) ? Reading::kValue : Reading::kWrong;
}

Reading ReadBool(element value, bool* out) {
  if (value.is_number()) return BoolOf(value.get_double().value_unsafe(), out);
  if (value.is_string()) return BoolOf(TrimmedText(value), out);
  if (Presence(value) == Reading::kNothing) return Reading::kNothing;
  if (!value.is_bool()) return Reading::kWrong;
  *out = value.get_bool().value_unsafe();
  return Reading::kValue;
}

Reading ReadText(element value, std::string* out) {
  switch (value.type()) {
    case element_type::STRING: {
      const absl::string_view text = TrimmedText(value);
      out->assign(text.data(), text.size());
      return text.empty() ? Reading::kNothing : Reading::kValue;
    }
    case element_type::INT64:
      *out = absl::StrCat(value.get_int64().value_unsafe());
      return Reading::kValue;
    case element_type::UINT64:
      *out = absl::StrCat(value.get_uint64().value_unsafe());
      return Reading::kValue;
    case element_type::DOUBLE:
      *out = DecimalText(value.get_double().value_unsafe());
      return Reading::kValue;
    case element_type::BOOL:
      *out = value.get_bool().value_unsafe() ? "true" : "false";
      return Reading::kValue;
    default:
      if (Presence(value) == Reading::kNothing) return Reading::kNothing;
      *out = simdjson::minify(value);
      return Reading::kValue;
  }
}

absl::string_view ViewText(element value, std::string* scratch) {
  if (value.is_string()) return TrimmedText(value);
  return ReadText(value, scratch) == Reading::kValue ? absl::string_view(*scratch) : absl::string_view();
}

std::string TextOf(element value) {
  std::string text;
  return ReadText(value, &text) == Reading::kValue ? text : std::string();
}

absl::string_view KindOf(element value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return "a list";
    case element_type::OBJECT:
      return "an object";
    case element_type::STRING:
      return "a text";
    case element_type::BOOL:
      return "a truth value";
    case element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

}  // namespace firstmile::codec

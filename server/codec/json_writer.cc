#include "codec/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace firstmile::codec {
namespace {

// Outside of these bounds a plain decimal gets long, and an exponent is more readable.
constexpr double kPlainMin = 1e-6;
constexpr double kPlainMax = 1e21;

template <typename Number>
std::string Shortest(Number value) {
  const double size = std::fabs(static_cast<double>(value));
  const bool plain = size == 0 || (size >= kPlainMin && size < kPlainMax);
  std::array<char, 64> text;
  const std::to_chars_result result =
      plain ? std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed)
            : std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  return std::string(text.data(), result.ptr);
}

}  // namespace

// Hand-written: libraries use a stack buffer, where a token would stay.
void AppendJsonString(absl::string_view text, std::string* out) {
  constexpr absl::string_view kMeant = "\b\f\n\r\t\"\\";
  constexpr absl::string_view kShort = "bfnrt\"\\";
  out->push_back('"');
  for (const char c : text) {
    const std::size_t known = kMeant.find(c);
    if (known != absl::string_view::npos) {
      out->append({'\\', kShort[known]});
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppend(out, "\\u", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad4));
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

std::string DecimalText(double value) {
  return Shortest(value);
}
std::string DecimalText(float value) {
  return Shortest(value);
}

}  // namespace firstmile::codec

#include "codec/json_writer.h"

#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>

namespace firstmile::codec {
namespace {

// Beyond these a plain decimal grows long, and an exponent is the better text.
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

void AppendJsonString(absl::string_view text, std::string* out) {
  out->append(boost::json::serialize(boost::json::string_view(text.data(), text.size())));
}

std::string DecimalText(double value) {
  return Shortest(value);
}
std::string DecimalText(float value) {
  return Shortest(value);
}

}  // namespace firstmile::codec

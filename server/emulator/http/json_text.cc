#include "emulator/http/json_text.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/locale/utf.hpp>
#include <string_view>

namespace emulator::http {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string WithoutBrokenUtf8(std::string_view text) {
  namespace utf = boost::locale::utf;
  std::string clean;
  clean.reserve(text.size());
  for (const char* at = text.data(); at != text.data() + text.size();) {
    const char* next = at;
    const utf::code_point point = utf::utf_traits<char>::decode(next, text.data() + text.size());
    if (point == utf::illegal || point == utf::incomplete) {
      clean += kReplacement;
      ++at;
    } else {
      clean.append(at, next);
      at = next;
    }
  }
  return clean;
}

}  // namespace

std::string ToJsonText(const boost::json::value& value) {
  std::string text = boost::json::serialize(value);
  return IsAscii(text) ? text : WithoutBrokenUtf8(text);
}

}  // namespace emulator::http

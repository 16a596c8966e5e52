#include "fuzz/fuzz.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <cstdlib>

namespace firstmile::fuzzing {

std::uint8_t Input::Byte() {
  if (rest_.empty()) return 0;
  const auto byte = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return byte;
}

std::uint16_t Input::Number() {
  const unsigned high = Byte();
  return static_cast<std::uint16_t>(high << 8U | Byte());
}

absl::string_view Input::Text() {
  const std::size_t size = std::min<std::size_t>(Number(), rest_.size());
  const absl::string_view text = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return text;
}

absl::string_view Input::Rest() {
  const absl::string_view rest = rest_;
  rest_ = {};
  return rest;
}

InputWriter& InputWriter::Byte(std::uint8_t byte) {
  bytes_.push_back(static_cast<char>(byte));
  return *this;
}

InputWriter& InputWriter::Text(absl::string_view text) {
  text = text.substr(0, UINT16_MAX);
  Byte(static_cast<std::uint8_t>(text.size() >> 8U));
  Byte(static_cast<std::uint8_t>(text.size() & 0xFFU));
  bytes_.append(text.data(), text.size());
  return *this;
}

std::string InputWriter::Rest(absl::string_view text) const {
  return bytes_ + std::string(text);
}

void Promise(bool kept, const char* promise, absl::string_view shown) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n%.*s\n", promise, static_cast<int>(shown.size()), shown.data());
  std::abort();
}

bool IsUtf8(absl::string_view text) {
  boost::system::error_code error;
  boost::json::parse(boost::json::serialize(boost::json::string_view(text.data(), text.size())), error);
  return !error;
}

bool IsOneLine(absl::string_view text) {
  return IsUtf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

}  // namespace firstmile::fuzzing

#include "secrets/hex.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"

namespace firstmile::secrets {
namespace {

bool IsDigit(char c) {
  return absl::ascii_isxdigit(static_cast<unsigned char>(c));
}

unsigned ValueOf(char digit) {
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(digit));
  return static_cast<unsigned>(lower <= '9' ? lower - '0' : lower - 'a' + 10);
}

}  // namespace

Secret FromHex(absl::string_view digits) {
  if (digits.size() % 2 != 0 || !std::all_of(digits.begin(), digits.end(), IsDigit)) return {};
  std::string bytes;
  bytes.reserve(digits.size() / 2);  // one allocation: growing would leave pieces of a key in freed memory
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(ValueOf(digits[i]) << 4U | ValueOf(digits[i + 1])));
  }
  return Secret(std::move(bytes));
}

}  // namespace firstmile::secrets

#include "errors/secret_parameters.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace firstmile::errors {
namespace {

constexpr absl::string_view kParameters[] = {"sign=", "access_token=", "refresh_token="};

// Where the value ends: at what separates parameters, or text from a URL.
constexpr absl::string_view kEnds = "& \t\r\n\"'<>#,;)";

std::string WithoutParameter(absl::string_view text, absl::string_view parameter) {
  std::string masked;
  for (std::size_t at = text.find(parameter); at != text.npos; at = text.find(parameter)) {
    const std::size_t value = at + parameter.size();
    absl::StrAppend(&masked, text.substr(0, value), "***");
    text.remove_prefix(std::min(text.find_first_of(kEnds, value), text.size()));
  }
  absl::StrAppend(&masked, text);
  return masked;
}

constexpr absl::string_view kMembers[] = {"access_token", "refresh_token", "partner_key"};
constexpr absl::string_view kQuotes = "\"'\\";
constexpr absl::string_view kBlanks = " \t\r\n";

// Where the value of the member begins whose name ends at `at`; npos when no quote and colon follow.
std::size_t ValueOfMember(absl::string_view text, std::size_t at) {
  const std::size_t after_quotes = text.find_first_not_of(kQuotes, at);
  if (after_quotes == at || after_quotes == text.npos) return text.npos;
  const std::size_t colon = text.find_first_not_of(kBlanks, after_quotes);
  if (colon == text.npos || text[colon] != ':') return text.npos;
  const std::size_t value = text.find_first_not_of(kBlanks, colon + 1);
  return value == text.npos ? text.npos : text.find_first_not_of("\"'\\[{ ", value);
}

std::string WithoutMember(absl::string_view text, absl::string_view member) {
  std::string masked;
  for (std::size_t at = text.find(member); at != text.npos; at = text.find(member)) {
    const std::size_t end = at + member.size();
    const std::size_t value = ValueOfMember(text, end);
    absl::StrAppend(&masked, text.substr(0, value == text.npos ? end : value));
    if (value == text.npos) {
      text.remove_prefix(end);
      continue;
    }
    masked.append("***");
    text.remove_prefix(std::min(text.find_first_of("\"'\\,}] \t\r\n", value), text.size()));
  }
  absl::StrAppend(&masked, text);
  return masked;
}

}  // namespace

std::string WithoutSecretParameters(absl::string_view text) {
  std::string masked(text);
  for (const absl::string_view parameter : kParameters) masked = WithoutParameter(masked, parameter);
  return WithoutSecretMembers(masked);
}

std::string WithoutSecretMembers(absl::string_view json) {
  std::string masked(json);
  for (const absl::string_view member : kMembers) masked = WithoutMember(masked, member);
  return masked;
}

}  // namespace firstmile::errors

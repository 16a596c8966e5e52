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

}  // namespace

std::string WithoutSecretParameters(absl::string_view text) {
  std::string masked(text);
  for (const absl::string_view parameter : kParameters) masked = WithoutParameter(masked, parameter);
  return masked;
}

}  // namespace firstmile::errors

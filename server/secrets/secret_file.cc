#include "secrets/secret_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace firstmile::secrets {

absl::StatusOr<Secret> ReadSecretFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(
        absl::StrCat("cannot read the secret file ", path, ": ", std::strerror(errno)));
  }
  std::string text(kSecretFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || text.size() > kSecretFileBytesMax) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the secret file ", path, " is unreadable or longer than ", kSecretFileBytesMax, " bytes"));
  }
  Secret secret{std::string(absl::StripAsciiWhitespace(text))};
  Secret wiped{std::move(text)};
  if (secret.empty())
    return absl::FailedPreconditionError(absl::StrCat("the secret file ", path, " is empty"));
  return secret;
}

absl::StatusOr<Secret> ReadSecretFromEnvironment(const std::string& variable) {
  const char* text = std::getenv(variable.c_str());
  Secret secret{std::string(absl::StripAsciiWhitespace(text == nullptr ? "" : text))};
  if (secret.empty())
    return absl::NotFoundError(absl::StrCat("the environment variable ", variable, " is not set"));
  return secret;
}

}  // namespace firstmile::secrets

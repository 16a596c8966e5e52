#include "secrets/secret_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "secrets/bounded_file.h"

namespace firstmile::secrets {
namespace {

absl::Status Unreadable(const std::string& path, int error) {
  return absl::NotFoundError(
      absl::StrCat("cannot read the secret file ", ShownPath(path), ": ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<Secret> ReadSecretFile(const std::string& path, FileAccess access) {
  const int file = OpenBounded(path);
  if (file < 0) return Unreadable(path, errno);
  const absl::Cleanup close_file = [file] { close(file); };
  struct stat status;
  if (fstat(file, &status) != 0) return Unreadable(path, errno);
  if (absl::Status alone = CheckFileAccess(path, status, access); !alone.ok()) return alone;

  std::string text;
  text.reserve(kSecretFileBytesMax + 1);  // growing would leave pieces of the text in freed memory
  const absl::Status read = ReadBounded(file, kSecretFileBytesMax, &text);
  const Secret whole(std::move(text));
  if (!read.ok()) {
    return absl::FailedPreconditionError(absl::StrCat("the secret file ", path, ": ", read.message()));
  }
  Secret secret{std::string(absl::StripAsciiWhitespace(whole.Reveal()))};
  if (secret.empty())
    return absl::FailedPreconditionError(absl::StrCat("the secret file ", path, " is empty"));
  return secret;
}

absl::StatusOr<Secret> ReadSecretFromEnvironment(const std::string& variable) {
  const char* text = std::getenv(variable.c_str());
  Secret secret{std::string(absl::StripAsciiWhitespace(text == nullptr ? "" : text))};
  if (secret.empty()) {
    return absl::NotFoundError(
        absl::StrCat("the environment variable ", ShownVariable(variable), " is not set"));
  }
  return secret;
}

std::string ShownPath(absl::string_view path) {
  const bool like_a_path = absl::StartsWith(path, "/") || absl::StrContains(path, ".");
  const bool like_base64 = absl::EndsWith(path, "=");
  if (like_a_path && !like_base64) return std::string(path);
  return "whose name is not repeated here, since it may be the secret itself (a path with a slash at its "
         "beginning is)";
}

std::string ShownVariable(absl::string_view name) {
  const bool usual = std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isupper(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '_';
  });
  if (usual && absl::StrContains(name, "_")) return std::string(name);
  return "whose name is not repeated here, since it may be the secret itself (one in capital letters is)";
}

}  // namespace firstmile::secrets

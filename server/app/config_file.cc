#include "app/config_file.h"

#include <sys/stat.h>

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "app/config_json.h"
#include "app/config_text.h"
#include "secrets/bounded_file.h"
#include "secrets/file_access.h"
#include "secrets/secret_file.h"

namespace firstmile::app {
namespace {

// The line of a field such as shop_tokens[2].shop_id, or of the message around it; 0 when neither is given.
int LineOf(const ConfigLines& lines, absl::string_view field) {
  while (!field.empty()) {
    if (const auto found = lines.find(std::string(field)); found != lines.end()) return found->second;
    const std::size_t dot = field.rfind('.');
    field = dot == field.npos ? absl::string_view() : field.substr(0, dot);
  }
  return 0;
}

absl::Status CheckAccess(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return absl::OkStatus();
  return secrets::CheckFileAccess(path, status, secrets::FileAccess::kAnyOwner);
}

absl::StatusOr<std::string> ReadText(const std::string& path) {
  absl::StatusOr<std::string> text = secrets::ReadBoundedFile(path, kConfigFileBytesMax);
  if (text.ok()) return text;
  return absl::InvalidArgumentError(absl::StrCat("cannot read the configuration file ",
                                                 secrets::ShownPath(path), ": ", text.status().message()));
}

}  // namespace

absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadText(path);
  if (!text.ok()) return text.status();
  ConfigFile file;
  ConfigLines lines;
  const bool json = absl::StartsWith(absl::StripLeadingAsciiWhitespace(*text), "{");
  const std::optional<ConfigMistake> mistake =
      json ? ParseConfigJson(*text, &file.config, &lines) : ParseConfigText(*text, &file.config, &lines);
  if (mistake.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ":", mistake->line, ": ", mistake->field,
                                                   mistake->field.empty() ? "" : ": ", mistake->reason));
  }
  file.locate = [path, lines = std::move(lines)](absl::string_view field) {
    const int line = LineOf(lines, field);
    return line > 0 ? absl::StrCat(path, ":", line, ": ") : absl::StrCat(path, ": ");
  };
  file.access = CheckAccess(path);
  return file;
}

ConfigFile NoConfigFile() {
  return ConfigFile{.config = {}, .locate = [](absl::string_view) { return std::string(); }, .access = {}};
}

}  // namespace firstmile::app

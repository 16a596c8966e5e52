// Checks the values of the configuration, one line per rule.
//
// Belongs to one thread. Internal to this module.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "app/config_file.h"
#include "secrets/file_access.h"

namespace firstmile::app {

// What a number of the configuration may be. No default: the field is left out.
struct NumberRule {
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::optional<std::int64_t> otherwise;
};

// Keeps the first mistake, so that the checks read as a list.
class ConfigValidator {
 public:
  // `key_files`: how files with secrets are checked, unless the configuration sets allow_readable_key_files.
  explicit ConfigValidator(const ConfigFile& file, secrets::FileAccess key_files = secrets::FileAccess::kOwn)
      : file_(file),
        key_files_(file.config.allow_readable_key_files() ? secrets::FileAccess::kAnyone : key_files) {}

  secrets::FileAccess key_files() const { return key_files_; }

  void Fail(absl::string_view field, absl::string_view reason);

  // The number of a field such as "server.event_loops", or `otherwise` when the file does not give it.
  std::int64_t Number(absl::string_view field, std::int64_t min, std::int64_t max, std::int64_t otherwise);
  // The same for a field without a default.
  std::optional<std::int64_t> OptionalNumber(absl::string_view field, std::int64_t min, std::int64_t max);

  // "file:3: tokens.sqlite.path", for mistakes that show later, when the value is used.
  std::string Located(absl::string_view field) const;

  // Of every number that was asked for, by field.
  const std::map<std::string, NumberRule, std::less<>>& rules() const { return rules_; }

  const absl::Status& status() const { return status_; }

 private:
  std::optional<std::int64_t> Given(absl::string_view field) const;

  const ConfigFile& file_;
  const secrets::FileAccess key_files_;
  std::map<std::string, NumberRule, std::less<>> rules_;
  absl::Status status_;
};

}  // namespace firstmile::app

// Checks the values of the configuration, one line per rule.
//
// Belongs to one thread.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "app/config_file.h"
#include "secrets/file_access.h"

namespace firstmile::app {

// Collects the first complaint, so that the checks read as a list.
class Checker {
 public:
  // `key_files` is how files with secrets are looked at, unless the configuration allows all.
  explicit Checker(const ConfigFile& file, secrets::FileAccess key_files = secrets::FileAccess::kOwn)
      : file_(file),
        key_files_(file.config.allow_readable_key_files() ? secrets::FileAccess::kAnyone : key_files) {}

  secrets::FileAccess key_files() const { return key_files_; }

  void Fail(absl::string_view field, absl::string_view reason) {
    if (status_.ok())
      status_ = absl::InvalidArgumentError(absl::StrCat(file_.locate(field), field, ": ", reason));
  }
  // The value, or the default when it is 0, which a field without presence has when it is left out.
  std::int64_t Number(absl::string_view field, std::int64_t value, std::int64_t default_value,
                      std::int64_t min, std::int64_t max) {
    if (value == 0) return default_value;
    if (value < min || value > max) Fail(field, absl::StrCat("must be ", min, " to ", max, ", not ", value));
    return value;
  }
  // The same for a field with presence, where 0 is a value.
  std::int64_t OptionalNumber(absl::string_view field, bool given, std::int64_t value,
                              std::int64_t default_value, std::int64_t max) {
    if (!given) return default_value;
    if (value < 0 || value > max) Fail(field, absl::StrCat("must be 0 to ", max, ", not ", value));
    return value;
  }
  const absl::Status& status() const { return status_; }

 private:
  const ConfigFile& file_;
  const secrets::FileAccess key_files_;
  absl::Status status_;
};

}  // namespace firstmile::app

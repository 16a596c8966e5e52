// Access tokens of the configuration, by shop: given as text, or in files that another system renews.
//
// Thread-safe. Check blocks on the file system; the rest does not.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "secrets/secret.h"
#include "transport/clock.h"

namespace firstmile::tokens {

struct TokenFiles {
  absl::flat_hash_map<std::int64_t, std::string> paths;  // by shop

  // The token that a file holds now. Errors name the file and never show what it holds.
  std::function<absl::StatusOr<secrets::Secret>(const std::string& path)> read;

  // OK: a file holds another token than before, or the same again after an error. Otherwise why it cannot be
  // used; called once until it can.
  std::function<void(std::int64_t shop_id, const std::string& path, const absl::Status&)> report;
};

class ConfiguredTokens {
 public:
  // Between two looks at a file of which calls ask for the token.
  static constexpr std::chrono::seconds kCheckEvery{1};

  // `tokens` holds those of `files` as well, as they were read at the start.
  ConfiguredTokens(absl::flat_hash_map<std::int64_t, secrets::Secret> tokens, TokenFiles files);
  ~ConfiguredTokens();

  // The token as it was last read; nothing for a shop that the configuration does not name.
  std::optional<secrets::Secret> Of(std::int64_t shop_id) const;

  // The shop with this token, other than `except`.
  std::optional<std::int64_t> OwnerOf(absl::string_view token, std::int64_t except) const;

  bool IsInFile(std::int64_t shop_id) const { return files_.contains(shop_id); }

  // Whether the shop's token is in a file that was last looked at kCheckEvery ago. The caller must then call
  // Check: others are told false meanwhile.
  bool IsCheckDue(std::int64_t shop_id, transport::MonotonicTime now);

  // What becomes of a file that was changed in place a moment ago and may still be written to: kLater leaves
  // the token as it was until the file is quiet; kNow reads it, for a token that is of no use any more.
  enum class WhenBusy { kLater, kNow };

  // Of, after a look at the shop's file. A file that is missing or unusable leaves the token as it was.
  std::optional<secrets::Secret> Check(std::int64_t shop_id, WhenBusy when_busy = WhenBusy::kLater);

 private:
  class File;

  const absl::flat_hash_map<std::int64_t, secrets::Secret> fixed_;
  absl::flat_hash_map<std::int64_t, std::unique_ptr<File>> files_;
  const TokenFiles hooks_;
};

}  // namespace firstmile::tokens

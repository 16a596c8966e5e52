#include "tokens/stores/store_rules.h"

#include <algorithm>
#include <atomic>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace firstmile::tokens {

absl::Status CheckKey(const std::string& key) {
  if (!key.empty() && key.size() <= kKeyBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a key of a token store has 1 to ", kKeyBytesMax, " bytes, this one has ", key.size()));
}

absl::Status CheckWrite(const std::string& key, const std::string& bytes) {
  if (bytes.size() <= kRecordBytesMax) return CheckKey(key);
  return absl::InvalidArgumentError(absl::StrCat("a record of a token store has at most ", kRecordBytesMax,
                                                 " bytes, this one has ", bytes.size()));
}

absl::Status CheckList(int limit) {
  if (limit >= 1 && limit <= kListedRecordsMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a token store lists 1 to ", kListedRecordsMax, " records at a time, not ", limit));
}

absl::Status CheckWait(absl::string_view option, absl::Duration wait) {
  if (wait >= kStoreWaitMin && wait <= kStoreWaitMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the ", option, " of a token store is ", absl::FormatDuration(kStoreWaitMin), " to ",
                   absl::FormatDuration(kStoreWaitMax), ", not ", absl::FormatDuration(wait)));
}

Version NextVersion(Version expected) {
  static std::atomic<Version> last = 0;
  const auto now = static_cast<Version>(absl::ToUnixNanos(absl::Now()));
  Version before = last.load();
  while (!last.compare_exchange_weak(before, std::max(now, before + 1))) {
  }
  return std::max({now, before + 1, expected + 1});
}

absl::Status ChangedMeanwhile(const std::string& key) {
  return absl::AbortedError(absl::StrCat("the record ", key, " has changed meanwhile"));
}

}  // namespace firstmile::tokens

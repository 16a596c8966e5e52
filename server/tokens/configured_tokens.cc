#include "tokens/configured_tokens.h"

#include <openssl/crypto.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace firstmile::tokens {
namespace {

using transport::MonotonicTime;

// A file that was changed in place so recently may still be written to.
constexpr absl::Duration kSettleTime = absl::Milliseconds(100);

// File systems stamp two changes within some milliseconds alike: a stamp that was younger than this when the
// file was read does not prove that the file is the same.
constexpr absl::Duration kStampIsSure = absl::Seconds(2);

struct Stamp {
  dev_t device = 0;
  ino_t inode = 0;
  off_t bytes = 0;
  absl::Time changed;

  bool IsSameFile(const Stamp& other) const { return device == other.device && inode == other.inode; }
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

absl::StatusOr<Stamp> StampOf(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) {
    return absl::NotFoundError(
        absl::StrCat("cannot read the secret file ", path, ": ", std::strerror(errno)));
  }
  if (!S_ISREG(status.st_mode)) {  // a pipe could block a store thread, and holds its token once
    return absl::FailedPreconditionError(
        absl::StrCat("the secret file ", path, " is not a regular file: it is read only at the start"));
  }
  return Stamp{status.st_dev, status.st_ino, status.st_size, absl::TimeFromTimespec(status.st_ctim)};
}

bool AreEqual(absl::string_view one, absl::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace

class ConfiguredTokens::File {
 public:
  File(std::string path, secrets::Secret token) : path_(std::move(path)), token_(std::move(token)) {}

  const std::string& path() const { return path_; }

  secrets::Secret token() const {
    const std::lock_guard lock(mutex_);
    return token_;
  }

  bool TakeTurn(MonotonicTime now) {
    const MonotonicTime::rep at = now.time_since_epoch().count();
    MonotonicTime::rep due = due_.load(std::memory_order_relaxed);
    const MonotonicTime::rep next = (now + kCheckEvery).time_since_epoch().count();
    return at >= due && due_.compare_exchange_strong(due, next);
  }

  // What is worth a report; nothing when all is as it was.
  std::optional<absl::Status> Check(const TokenFiles& hooks, WhenBusy when_busy) {
    const std::lock_guard lock(check_mutex_);
    const absl::StatusOr<Stamp> stamp = StampOf(path_);
    if (!stamp.ok()) {
      known_.reset();  // what comes next is another file, whatever its inode
      return Unusable(stamp.status());
    }
    const absl::Duration age = absl::Now() - stamp->changed;
    if (stamp_.has_value() && *stamp_ == *stamp) return std::nullopt;
    const bool in_place = known_.has_value() && known_->IsSameFile(*stamp) && *known_ != *stamp;
    if (when_busy == WhenBusy::kLater && in_place && age >= absl::ZeroDuration() && age < kSettleTime) {
      due_ = 0;  // the next call looks again
      return std::nullopt;
    }
    known_ = *stamp;
    absl::StatusOr<secrets::Secret> token = hooks.read(path_);
    if (!token.ok()) return Unusable(token.status());
    if (age >= kStampIsSure) stamp_ = *stamp;
    return Take(*std::move(token));
  }

 private:
  std::optional<absl::Status> Unusable(const absl::Status& why) {
    stamp_.reset();
    return std::exchange(unusable_, true) ? std::nullopt : std::optional(why);
  }
  std::optional<absl::Status> Take(secrets::Secret token) {
    const bool was_unusable = std::exchange(unusable_, false);
    const std::lock_guard lock(mutex_);
    const bool same = AreEqual(token.Reveal(), token_.Reveal());
    token_ = std::move(token);
    return same && !was_unusable ? std::nullopt : std::optional(absl::OkStatus());
  }

  const std::string path_;
  std::atomic<MonotonicTime::rep> due_ = 0;
  mutable std::mutex mutex_;  // guards the token; never held while the file is read
  secrets::Secret token_;
  std::mutex check_mutex_;      // guards everything below
  std::optional<Stamp> known_;  // at the last look
  std::optional<Stamp> stamp_;  // while it stays so, the file is the same
  bool unusable_ = false;
};

ConfiguredTokens::ConfiguredTokens(absl::flat_hash_map<std::int64_t, secrets::Secret> tokens,
                                   TokenFiles files)
    : fixed_(std::move(tokens)), hooks_(std::move(files)) {
  for (const auto& [shop_id, path] : hooks_.paths) {
    files_.emplace(shop_id, std::make_unique<File>(path, fixed_.at(shop_id)));
  }
}

ConfiguredTokens::~ConfiguredTokens() = default;

std::optional<secrets::Secret> ConfiguredTokens::Of(std::int64_t shop_id) const {
  if (const auto file = files_.find(shop_id); file != files_.end()) return file->second->token();
  const auto found = fixed_.find(shop_id);
  return found == fixed_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::int64_t> ConfiguredTokens::OwnerOf(absl::string_view token, std::int64_t except) const {
  for (const auto& [shop_id, unused] : fixed_) {
    if (shop_id != except && AreEqual(Of(shop_id)->Reveal(), token)) return shop_id;
  }
  return std::nullopt;
}

bool ConfiguredTokens::IsCheckDue(std::int64_t shop_id, MonotonicTime now) {
  const auto file = files_.find(shop_id);
  return file != files_.end() && file->second->TakeTurn(now);
}

std::optional<secrets::Secret> ConfiguredTokens::Check(std::int64_t shop_id, WhenBusy when_busy) {
  if (const auto file = files_.find(shop_id); file != files_.end()) {
    const std::optional<absl::Status> news = file->second->Check(hooks_, when_busy);
    if (news.has_value() && hooks_.report) hooks_.report(shop_id, file->second->path(), *news);
  }
  return Of(shop_id);
}

}  // namespace firstmile::tokens

#include "secrets/file_access.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace firstmile::secrets {
namespace {

constexpr mode_t kOthers = S_IRWXO;
constexpr mode_t kPermissions = S_IRWXU | S_IRWXG | S_IRWXO;

bool IsOurGroup(gid_t group) {
  if (group == getegid()) return true;
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(getgroups(0, nullptr), 0)));
  const int count = getgroups(static_cast<int>(groups.size()), groups.data());
  return count > 0 && std::find(groups.begin(), groups.begin() + count, group) != groups.begin() + count;
}

// Returns who else has access; empty: no other user.
std::string WhoElse(const struct stat& file, FileAccess access) {
  const mode_t mode = file.st_mode;
  if ((mode & kOthers) != 0) return "every user of this machine may use it";
  if ((mode & S_IWGRP) != 0) return absl::StrCat("its group ", file.st_gid, " may change it");
  if ((mode & S_IRGRP) != 0 && !IsOurGroup(file.st_gid)) {
    return absl::StrCat("its group ", file.st_gid, " may read it, which is no group of this process");
  }
  if (access == FileAccess::kOwn && file.st_uid != 0 && file.st_uid != geteuid()) {
    return absl::StrCat("it belongs to the user ", file.st_uid, ", not to root or to the user ", geteuid(),
                        " of this process");
  }
  return "";
}

}  // namespace

absl::Status CheckFileAccess(const std::string& path, const struct stat& file, FileAccess access) {
  if (access == FileAccess::kAnyone) return absl::OkStatus();
  const std::string who = WhoElse(file, access);
  if (who.empty()) return absl::OkStatus();
  const mode_t mode = file.st_mode & kPermissions;
  const bool foreign = (mode & (kOthers | S_IRWXG)) == 0;
  return absl::InvalidArgumentError(
      absl::StrCat("the file ", path, " has the mode ", absl::StrFormat("%04o", mode), ": ", who, "; ",
                   foreign ? absl::StrCat("chown ", geteuid()) : "chmod 600", " ", path,
                   ", or set allow_readable_key_files if that is meant"));
}

}  // namespace firstmile::secrets

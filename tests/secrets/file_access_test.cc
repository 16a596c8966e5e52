// Access checks of files with secrets.
#include "secrets/file_access.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/strings/match.h"

namespace firstmile::secrets {
namespace {

constexpr gid_t kForeign = 65'533;
constexpr uid_t kSomebody = 65'533;

struct stat FileOf(mode_t mode, uid_t owner = geteuid(), gid_t group = getegid()) {
  struct stat file{};
  file.st_mode = S_IFREG | mode;
  file.st_uid = owner;
  file.st_gid = group;
  return file;
}

bool Taken(const struct stat& file, FileAccess access = FileAccess::kOwn) {
  return CheckFileAccess("/key", file, access).ok();
}

TEST(FileAccess, IsTheOwnersAndItsGroupMayRead) {
  for (const mode_t mode : {0600U, 0400U, 0440U, 0640U, 0700U}) {
    EXPECT_TRUE(Taken(FileOf(mode))) << std::oct << mode;
    EXPECT_TRUE(Taken(FileOf(mode, 0))) << std::oct << mode << " of root";
  }
  for (const mode_t mode : {0644U, 0604U, 0602U, 0601U, 0660U, 0620U, 0666U, 0777U}) {
    EXPECT_FALSE(Taken(FileOf(mode))) << std::oct << mode;
  }
}

TEST(FileAccess, AnotherGroupOrOwnerIsRefused) {
  EXPECT_FALSE(Taken(FileOf(0640, geteuid(), kForeign)));
  EXPECT_FALSE(Taken(FileOf(0440, 0, kForeign)));
  EXPECT_TRUE(Taken(FileOf(0600, geteuid(), kForeign)));
  EXPECT_FALSE(Taken(FileOf(0600, kSomebody)));
}

TEST(FileAccess, AnAdministratorMayReadFilesOfOthers) {
  EXPECT_TRUE(Taken(FileOf(0600, kSomebody), FileAccess::kAnyOwner));
  EXPECT_FALSE(Taken(FileOf(0644, kSomebody), FileAccess::kAnyOwner));
}

TEST(FileAccess, ASwitchTakesAll) {
  EXPECT_TRUE(Taken(FileOf(0777, kSomebody, kForeign), FileAccess::kAnyone));
}

TEST(FileAccess, ARefusalNamesFileModeAndRemedy) {
  const absl::Status open = CheckFileAccess("/run/key", FileOf(0644), FileAccess::kOwn);
  EXPECT_EQ(open.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(open.message(),
            "the file /run/key has the mode 0644: every user of this machine may use it; chmod 600 /run/key, "
            "or set "
            "allow_readable_key_files if that is meant");
  const absl::Status foreign = CheckFileAccess("/run/key", FileOf(0600, kSomebody), FileAccess::kOwn);
  EXPECT_TRUE(absl::StrContains(foreign.message(), "belongs to the user 65533")) << foreign.message();
  EXPECT_TRUE(absl::StrContains(foreign.message(), "chown ")) << foreign.message();
}

}  // namespace
}  // namespace firstmile::secrets

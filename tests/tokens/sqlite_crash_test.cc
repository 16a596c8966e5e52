// Kills a process in the middle of its writes, then checks what the store holds.
#include <gtest/gtest.h>
#include <signal.h>  // kill is POSIX's, not the standard library's
#include <sys/wait.h>
#include <unistd.h>

#include <map>

#include "support/temp_folder.h"
#include "tokens/stores/sqlite_store.h"

namespace firstmile::tokens {
namespace {

constexpr int kKeys = 4;
constexpr std::size_t kBytes = 20'000;  // a record of several pages, which could be torn

struct Returned {
  int key;
  Version version;
};

// Writes until killed; reports each write that has returned through the pipe.
[[noreturn]] void WriteForever(const std::string& path, int told) {
  auto store = SqliteStore::Open(path);
  if (!store.ok()) _exit(1);
  Version versions[kKeys] = {};
  for (int key = 0; key < kKeys; ++key) {
    const auto record = (*store)->Read("shop/" + std::to_string(key));
    if (record.ok() && record->has_value()) versions[key] = (*record)->version;
  }
  for (int i = 0;; ++i) {
    const int key = i % kKeys;
    const std::string bytes(kBytes, static_cast<char>('a' + i % 26));
    const auto version = (*store)->Write("shop/" + std::to_string(key), bytes, versions[key]);
    if (!version.ok()) _exit(1);
    versions[key] = *version;
    const Returned returned{.key = key, .version = *version};
    if (write(told, &returned, sizeof(returned)) != sizeof(returned)) _exit(1);
  }
}

// Lets a child write until `writes` have returned and kills it. Returns the last version of each key.
std::map<int, Version> WriteAndKill(const std::string& path, int writes) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    WriteForever(path, ends[1]);
  }
  close(ends[1]);
  std::map<int, Version> last;
  Returned returned{};
  int seen = 0;
  while (read(ends[0], &returned, sizeof(returned)) == sizeof(returned)) {
    last[returned.key] = returned.version;
    if (++seen == writes) kill(child, SIGKILL);  // and keeps reading: more writes may have returned
  }
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
  return last;
}

TEST(SqliteCrash, AKilledWriterLosesNoWriteThatReturnedAndTearsNoRecord) {
  const testing::TempFolder folder;
  const std::string path = folder.File("tokens.db");
  for (int round = 0; round < 10; ++round) {
    const std::map<int, Version> returned = WriteAndKill(path, 20 + 7 * round);
    ASSERT_EQ(returned.size(), static_cast<std::size_t>(kKeys));
    const auto store = SqliteStore::Open(path);
    ASSERT_TRUE(store.ok()) << store.status();
    for (const auto& [key, version] : returned) {
      const auto record = (*store)->Read("shop/" + std::to_string(key));
      ASSERT_TRUE(record.ok() && record->has_value()) << record.status();
      EXPECT_GE((*record)->version, version);
      EXPECT_EQ((*record)->bytes, std::string(kBytes, (*record)->bytes.front()));
    }
  }
}

TEST(SqliteCrash, AKilledWriterLeavesNoLockBehind) {
  const testing::TempFolder folder;
  const std::string path = folder.File("tokens.db");
  const auto store = SqliteStore::Open(path, {.busy_timeout = absl::Seconds(30)});
  ASSERT_TRUE(store.ok()) << store.status();
  WriteAndKill(path, 10);
  const auto record = (*store)->Read("shop/0");
  ASSERT_TRUE(record.ok() && record->has_value()) << record.status();
  EXPECT_TRUE((*store)->Write("shop/0", "after", (*record)->version).ok());
}

}  // namespace
}  // namespace firstmile::tokens

#include "tokens/stores/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>

#include "absl/time/clock.h"
#include "support/stepping_wall_clock.h"
#include "support/temp_folder.h"

namespace firstmile::tokens {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::Duration kShortWait = absl::Milliseconds(50);
constexpr absl::Duration kFarTooLong = absl::Seconds(20);

class SqliteStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteStore> Open(const SqliteOptions& options = {}) {
    auto store = SqliteStore::Open(path_, options);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }
  absl::Status OpenError(const SqliteOptions& options = {}) {
    return SqliteStore::Open(path_, options).status();
  }
  // A connection of another program.
  SqliteDatabase Stranger() {
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open(path_.c_str(), &handle), SQLITE_OK);
    std::filesystem::permissions(path_, std::filesystem::perms(0600));
    return SqliteDatabase(handle);
  }
  void WriteFile(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    std::filesystem::permissions(path_, std::filesystem::perms(0600));
  }
  std::string FileText() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const testing::TempFolder folder_;
  const std::string path_ = folder_.File("tokens.db");
};

void Execute(const SqliteDatabase& database, const std::string& sql) {
  ASSERT_EQ(sqlite3_exec(database.get(), sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sql;
}

TEST_F(SqliteStoreTest, ItsFilesAreForTheirOwnerOnly) {
  const mode_t before = umask(0);
  const auto store = Open();
  ASSERT_TRUE(store->Write("shop/1", "a", kAbsent).ok());
  umask(before);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat found{};
    ASSERT_EQ(stat((path_ + suffix).c_str(), &found), 0) << suffix;
    EXPECT_EQ(found.st_mode & 07777U, 0600U) << suffix;
  }
}

TEST_F(SqliteStoreTest, AFileThatOthersMayUseIsRefusedWithTheCure) {
  Open().reset();
  std::filesystem::permissions(path_, std::filesystem::perms(0640));
  EXPECT_NE(Open(), nullptr) << "one of our groups may read";
  for (const unsigned mode : {0644U, 0604U, 0620U, 0602U}) {
    std::filesystem::permissions(path_, std::filesystem::perms(mode));
    const absl::Status refused = OpenError();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(refused.message()), HasSubstr("chmod 600 " + path_));
  }
}

TEST_F(SqliteStoreTest, RecordsOutliveTheStore) {
  const Version version = *Open()->Write("shop/1", "a", kAbsent);
  const auto record = Open()->Read("shop/1");
  ASSERT_TRUE(record.ok() && record->has_value());
  EXPECT_EQ((*record)->version, version);
  EXPECT_EQ((*record)->bytes, "a");
}

TEST_F(SqliteStoreTest, AnErasedRecordLeavesNoTraceInTheFile) {
  const auto store = Open();
  const Version version = *store->Write("shop/1", "canary-canary", kAbsent);
  Execute(Stranger(), "PRAGMA wal_checkpoint(TRUNCATE)");
  ASSERT_THAT(FileText(), HasSubstr("canary"));
  ASSERT_TRUE(store->Erase("shop/1", version).ok());
  Execute(Stranger(), "PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_THAT(FileText(), Not(HasSubstr("canary")));
}

TEST_F(SqliteStoreTest, ManyMayOpenANewFileAtOnce) {
  for (int round = 0; round < 10; ++round) {
    const std::string path = folder_.File("new-" + std::to_string(round));
    std::vector<std::thread> openers;
    for (int i = 0; i < 8; ++i) {
      openers.emplace_back([&path, i] {
        const auto store = SqliteStore::Open(path, {.busy_timeout = kFarTooLong});
        ASSERT_TRUE(store.ok()) << store.status();
        const absl::Status written = (*store)->Write("shop/" + std::to_string(i), "a", kAbsent).status();
        EXPECT_TRUE(written.ok()) << written;
      });
    }
    for (std::thread& opener : openers) opener.join();
    EXPECT_EQ((*SqliteStore::Open(path))->List("", 100)->size(), 8U);
  }
}

TEST_F(SqliteStoreTest, AFileThatAnotherHoldsIsUnavailableToWritersAndOpenToReaders) {
  const auto store = Open({.busy_timeout = kShortWait});
  const Version version = *store->Write("shop/1", "a", kAbsent);
  const SqliteDatabase other = Stranger();
  Execute(other, "BEGIN IMMEDIATE");
  const absl::Time start = absl::Now();
  const absl::Status refused = store->Write("shop/1", "b", version).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(refused.message()), HasSubstr(path_));
  EXPECT_GE(absl::Now() - start, kShortWait);
  EXPECT_LT(absl::Now() - start, kFarTooLong);
  EXPECT_EQ((*store->Read("shop/1"))->bytes, "a");
  Execute(other, "COMMIT");
  EXPECT_TRUE(store->Write("shop/1", "b", version).ok());
}

TEST_F(SqliteStoreTest, AWallClockThatIsSetBackMakesTheWaitForANewFileNoLonger) {
  const SqliteDatabase other = Stranger();
  Execute(other, "BEGIN IMMEDIATE");
  const testing::SteppingWallClock back(-absl::Hours(1));
  auto end = std::async(std::launch::async, [this] { return OpenError({.busy_timeout = kShortWait}); });
  EXPECT_EQ(end.wait_for(absl::ToChronoSeconds(kFarTooLong)), std::future_status::ready);
  Execute(other, "COMMIT");
  EXPECT_EQ(end.get().code(), absl::StatusCode::kUnavailable);
}

TEST_F(SqliteStoreTest, AFullFileIsExhaustedAndKeepsWhatItHolds) {
  const auto store = Open({.file_bytes_max = 1 << 20});
  const std::string bytes(kRecordBytesMax, 'b');
  absl::Status written;
  int kept = 0;
  Version last = kAbsent;
  for (; written.ok() && kept < 100; ++kept) {
    const auto version = store->Write("shop/" + std::to_string(kept), bytes, kAbsent);
    written = version.status();
    if (version.ok()) last = *version;
  }
  --kept;  // the one that did not fit
  EXPECT_EQ(written.code(), absl::StatusCode::kResourceExhausted) << written;
  EXPECT_THAT(std::string(written.message()), Not(HasSubstr("bbb")));
  EXPECT_GT(kept, 10);
  EXPECT_LE(std::filesystem::file_size(path_), std::size_t{1} << 20);
  EXPECT_EQ(store->List("", 1000)->size(), static_cast<std::size_t>(kept));
  ASSERT_TRUE(store->Erase("shop/" + std::to_string(kept - 1), last).ok());
  EXPECT_TRUE(store->Write("shop/new", bytes, kAbsent).ok());
}

TEST_F(SqliteStoreTest, AReaderSeesWhatTheRunningStoreWritesAndWritesNothing) {
  const auto store = Open();
  const auto reader = Open({.read_only = true});
  const Version version = *store->Write("shop/1", "a", kAbsent);
  EXPECT_EQ((*reader->Read("shop/1"))->bytes, "a");
  EXPECT_EQ(reader->Write("shop/1", "b", version).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(reader->Erase("shop/1", version).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ((*store->Read("shop/1"))->bytes, "a");
}

TEST_F(SqliteStoreTest, AReaderCreatesNoFile) {
  EXPECT_EQ(OpenError({.read_only = true}).code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(path_));
  WriteFile("");
  EXPECT_EQ(OpenError({.read_only = true}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(std::filesystem::file_size(path_), 0U);
}

TEST_F(SqliteStoreTest, AMissingFolderIsNamed) {
  const std::string path = folder_.File("missing/tokens.db");
  const absl::Status missing = SqliteStore::Open(path).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), AllOf(HasSubstr(path), HasSubstr("folder")));
}

TEST_F(SqliteStoreTest, PathsThatSqliteKeepsInMemoryAreRefused) {
  EXPECT_EQ(SqliteStore::Open("").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(SqliteStore::Open(":memory:").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(SqliteStore::Open(folder_.path()).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(SqliteStoreTest, AWaitWithoutABoundIsRefused) {
  for (const absl::Duration wait : {absl::ZeroDuration(), absl::InfiniteDuration()}) {
    EXPECT_EQ(OpenError({.busy_timeout = wait}).code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(SqliteStoreTest, AFileThatIsNoDatabaseIsLeftAlone) {
  const std::string text = "canary " + std::string(8192, 'x');
  WriteFile(text);
  const absl::Status refused = OpenError();
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(refused.message()), AllOf(HasSubstr(path_), Not(HasSubstr("canary"))));
  EXPECT_EQ(FileText(), text);
}

TEST_F(SqliteStoreTest, ADatabaseOfAnotherProgramIsLeftAlone) {
  Execute(Stranger(), "CREATE TABLE records (a)");
  const std::string before = FileText();
  EXPECT_EQ(OpenError().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(FileText(), before);
}

TEST_F(SqliteStoreTest, AFileOfANewerVersionIsRefusedByItsNumber) {
  Open().reset();
  Execute(Stranger(), "PRAGMA user_version = 7");
  const absl::Status refused = OpenError();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("version 7"));
}

TEST_F(SqliteStoreTest, ADamagedFileIsDataLoss) {
  auto store = Open();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(store->Write("shop/" + std::to_string(i), std::string(5000, 'b'), kAbsent).ok());
  }
  store.reset();  // moves everything from the -wal file into the main file
  const std::string whole = FileText();
  WriteFile(whole.substr(0, 4096) + std::string(whole.size() - 4096, '\x55'));
  const auto damaged = SqliteStore::Open(path_);
  EXPECT_EQ((damaged.ok() ? (*damaged)->Read("shop/1").status() : damaged.status()).code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(SqliteStoreTest, AFileThatIsMovedAwayTakesNoMoreWrites) {
  const auto store = Open();
  const Version version = *store->Write("shop/1", "a", kAbsent);
  std::filesystem::rename(path_, path_ + ".old");
  EXPECT_EQ(store->Write("shop/1", "b", version).status().code(), absl::StatusCode::kDataLoss);
  std::filesystem::rename(path_ + ".old", path_);
  EXPECT_TRUE(store->Write("shop/1", "b", version).ok());
}

}  // namespace
}  // namespace firstmile::tokens

// The contract of tokens/token_store.h, tested with every store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "tokens/store_hosts.h"

namespace firstmile::tokens {
namespace {

using ::testing::ElementsAre;

class TokenStoreContract : public ::testing::TestWithParam<HostKind> {
 protected:
  absl::Status WriteOf(const std::string& key, const std::string& bytes, Version expected) {
    return store_->Write(key, bytes, expected).status();
  }
  std::vector<std::string> KeysAfter(const std::string& after, int limit) {
    const auto page = store_->List(after, limit);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> keys;
    if (!page.ok()) return keys;
    for (const auto& [key, record] : *page) keys.push_back(key);
    return keys;
  }

  const std::unique_ptr<StoreHost> host_ = GetParam().make();
  const std::shared_ptr<TokenStore> store_ = host_->Open();
};

constexpr auto kAbortedCode = absl::StatusCode::kAborted;
constexpr auto kInvalidCode = absl::StatusCode::kInvalidArgument;

TEST_P(TokenStoreContract, ARecordThatWasNeverWrittenIsAbsent) {
  const auto record = store_->Read("shop/1");
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_FALSE(record->has_value());
}

TEST_P(TokenStoreContract, AWrittenRecordIsReadBackByteForByte) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  const auto version = store_->Write("shop/1", bytes, kAbsent);
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_NE(*version, kAbsent);
  const auto record = host_->Open()->Read("shop/1");
  ASSERT_TRUE(record.ok() && record->has_value()) << record.status();
  EXPECT_EQ((*record)->version, *version);
  EXPECT_EQ((*record)->bytes, bytes);
}

TEST_P(TokenStoreContract, AnEmptyRecordIsNotAnAbsentOne) {
  ASSERT_TRUE(WriteOf("shop/1", "", kAbsent).ok());
  const auto record = store_->Read("shop/1");
  ASSERT_TRUE(record.ok() && record->has_value());
  EXPECT_EQ((*record)->bytes, "");
}

TEST_P(TokenStoreContract, VersionsOfARecordGrow) {
  Version last = kAbsent;
  for (int i = 0; i < 100; ++i) {
    const auto version = store_->Write("shop/1", std::to_string(i), last);
    ASSERT_TRUE(version.ok()) << version.status();
    ASSERT_GT(*version, last);
    last = *version;
  }
}

TEST_P(TokenStoreContract, CreatingARecordThatIsThereIsAbortedAndChangesNothing) {
  const Version version = *store_->Write("shop/1", "old", kAbsent);
  EXPECT_EQ(WriteOf("shop/1", "new", kAbsent).code(), kAbortedCode);
  const StoredRecord record = **store_->Read("shop/1");
  EXPECT_EQ(record.version, version);
  EXPECT_EQ(record.bytes, "old");
}

TEST_P(TokenStoreContract, AWriteOverAnOlderVersionIsAbortedAndChangesNothing) {
  const Version first = *store_->Write("shop/1", "a", kAbsent);
  const Version second = *store_->Write("shop/1", "b", first);
  EXPECT_EQ(WriteOf("shop/1", "c", first).code(), kAbortedCode);
  EXPECT_EQ(WriteOf("shop/1", "c", second + 1).code(), kAbortedCode);
  EXPECT_EQ((*store_->Read("shop/1"))->bytes, "b");
}

TEST_P(TokenStoreContract, AWriteOverARecordThatIsNotThereIsAborted) {
  EXPECT_EQ(WriteOf("shop/1", "a", 1).code(), kAbortedCode);
  EXPECT_FALSE(store_->Read("shop/1")->has_value());
}

TEST_P(TokenStoreContract, AnErrorNamesTheKeyAndNeverShowsTheBytes) {
  ASSERT_TRUE(WriteOf("shop/1", "canary-old", kAbsent).ok());
  const absl::Status aborted = WriteOf("shop/1", "canary-new", kAbsent);
  EXPECT_THAT(std::string(aborted.message()), ::testing::HasSubstr("shop/1"));
  EXPECT_THAT(std::string(aborted.message()), ::testing::Not(::testing::HasSubstr("canary")));
}

TEST_P(TokenStoreContract, AnErasedRecordIsAbsent) {
  const Version version = *store_->Write("shop/1", "a", kAbsent);
  ASSERT_TRUE(store_->Erase("shop/1", version).ok());
  EXPECT_FALSE(store_->Read("shop/1")->has_value());
  EXPECT_THAT(KeysAfter("", 10), ElementsAre());
}

TEST_P(TokenStoreContract, ErasingAnotherVersionIsAbortedAndChangesNothing) {
  const Version first = *store_->Write("shop/1", "a", kAbsent);
  ASSERT_TRUE(WriteOf("shop/1", "b", first).ok());
  EXPECT_EQ(store_->Erase("shop/1", first).code(), kAbortedCode);
  EXPECT_EQ(store_->Erase("shop/1", kAbsent).code(), kAbortedCode);
  EXPECT_EQ(store_->Erase("shop/2", kAbsent).code(), kAbortedCode);
  EXPECT_EQ((*store_->Read("shop/1"))->bytes, "b");
  EXPECT_THAT(KeysAfter("", 10), ElementsAre("shop/1"));
}

TEST_P(TokenStoreContract, AVersionDoesNotComeAgainWhenARecordIsErasedAndCreatedAnew) {
  const Version first = *store_->Write("shop/1", "a", kAbsent);
  ASSERT_TRUE(store_->Erase("shop/1", first).ok());
  ASSERT_TRUE(WriteOf("shop/1", "b", kAbsent).ok());
  EXPECT_EQ(WriteOf("shop/1", "stale", first).code(), kAbortedCode);
  EXPECT_EQ((*store_->Read("shop/1"))->bytes, "b");
}

TEST_P(TokenStoreContract, ListGivesPagesInTheOrderOfTheBytesOfTheKeys) {
  const std::string high = "shop/\xff";
  const std::string zero("shop/1\0x", 8);
  for (const std::string& key :
       {high, std::string("shop/2"), zero, std::string("shop/10"), std::string("shop/1")}) {
    ASSERT_TRUE(WriteOf(key, "bytes of " + key, kAbsent).ok());
  }
  EXPECT_THAT(KeysAfter("", 2), ElementsAre("shop/1", zero));
  EXPECT_THAT(KeysAfter(zero, 2), ElementsAre("shop/10", "shop/2"));
  EXPECT_THAT(KeysAfter("shop/2", 2), ElementsAre(high));
  EXPECT_THAT(KeysAfter(high, 2), ElementsAre());
  EXPECT_THAT(KeysAfter("shop/15", 1), ElementsAre("shop/2"));  // `after` need not exist
}

TEST_P(TokenStoreContract, ListGivesTheRecordsThemselves) {
  const Version version = *store_->Write("shop/1", "a", kAbsent);
  const auto page = store_->List("", 10);
  ASSERT_TRUE(page.ok() && page->size() == 1) << page.status();
  EXPECT_EQ(page->front().second.version, version);
  EXPECT_EQ(page->front().second.bytes, "a");
}

TEST_P(TokenStoreContract, ArgumentsOutsideTheLimitsAreRefused) {
  EXPECT_EQ(WriteOf("", "a", kAbsent).code(), kInvalidCode);
  EXPECT_EQ(WriteOf(std::string(kKeyBytesMax + 1, 'k'), "a", kAbsent).code(), kInvalidCode);
  EXPECT_EQ(WriteOf("shop/1", std::string(kRecordBytesMax + 1, 'b'), kAbsent).code(), kInvalidCode);
  EXPECT_EQ(store_->Read("").status().code(), kInvalidCode);
  EXPECT_EQ(store_->Erase("", 1).code(), kInvalidCode);
  EXPECT_EQ(store_->List("", 0).status().code(), kInvalidCode);
  EXPECT_EQ(store_->List("", kListedRecordsMax + 1).status().code(), kInvalidCode);
}

TEST_P(TokenStoreContract, ArgumentsAtTheLimitsAreTaken) {
  const std::string key(kKeyBytesMax, 'k');
  ASSERT_TRUE(WriteOf(key, std::string(kRecordBytesMax, 'b'), kAbsent).ok());
  EXPECT_EQ((*store_->Read(key))->bytes.size(), kRecordBytesMax);
  EXPECT_THAT(KeysAfter("", kListedRecordsMax), ElementsAre(key));
}

// In every round all writers replace the same version; the next round starts from the winner's.
TEST_P(TokenStoreContract, OfManyWritersOverOneVersionExactlyOneWins) {
  constexpr int kWriters = 8;
  constexpr int kRounds = 20;
  std::vector<std::shared_ptr<TokenStore>> handles;
  for (int i = 0; i < kWriters; ++i) handles.push_back(host_->Open());
  Version version = kAbsent;
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> wins = 0;
    std::atomic<int> aborts = 0;
    std::atomic<Version> won = kAbsent;
    std::vector<std::thread> writers;
    writers.reserve(kWriters);
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([&, i] {
        const auto result = handles[static_cast<std::size_t>(i)]->Write("shop/1", std::to_string(i), version);
        if (result.ok()) {
          ++wins;
          won = *result;
        } else if (result.status().code() == kAbortedCode) {
          ++aborts;
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    ASSERT_EQ(wins, 1);
    ASSERT_EQ(aborts, kWriters - 1);
    version = won;
    ASSERT_EQ((*store_->Read("shop/1"))->version, version);
  }
}

TEST_P(TokenStoreContract, IncrementsByManyThreadsAreAllKept) {
  constexpr int kThreads = 4;
  constexpr int kIncrements = 25;
  ASSERT_TRUE(WriteOf("counter", "0", kAbsent).ok());
  const auto increment = [&] {
    const std::shared_ptr<TokenStore> store = host_->Open();
    for (int done = 0; done < kIncrements;) {
      const auto record = store->Read("counter");
      if (!record.ok() || !record->has_value()) return;
      const std::string next = std::to_string(std::stoi((*record)->bytes) + 1);
      if (store->Write("counter", next, (*record)->version).ok()) ++done;
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(increment);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ((*store_->Read("counter"))->bytes, std::to_string(kThreads * kIncrements));
}

INSTANTIATE_TEST_SUITE_P(Stores, TokenStoreContract,
                         ::testing::Values(HostKind{"Memory", MakeMemoryHost},
                                           HostKind{"Sqlite", MakeSqliteHost},
                                           HostKind{"Redis", MakeRedisHost}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace firstmile::tokens

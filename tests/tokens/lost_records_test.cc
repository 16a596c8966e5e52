// Sidecars restore the records that Redis loses; forgotten subjects stay forgotten.
#include <gtest/gtest.h>

#include "support/redis_server.h"
#include "tokens/refresh_scheduler.h"
#include "tokens/stores/redis_store.h"
#include "tokens/token_fixture.h"

namespace firstmile::testing {
namespace {

using tokens::TokenEvent;
using tokens::TokenRecord;

// A sidecar with its RefreshScheduler and its own connection to Redis.
struct Sidecar {
  Sidecar(const transport::Clock& clock, const RedisServer& server, tokens::TokenSettings settings)
      : store(tokens::RedisStore::Open(OptionsOf(server)).value()),
        process(clock, *store, std::move(settings)),
        refresh_scheduler(process.tokens->context(), options, *process.token_manager,
                          [](tokens::Subject) { return true; }) {}

  static redis::Options OptionsOf(const RedisServer& server) {
    redis::Options options;
    options.unix_path = server.unix_path();
    options.command_timeout = absl::Seconds(20);
    return options;
  }
  async::Task<bool> Swept() {
    co_await refresh_scheduler.ScanStore({});
    co_return true;
  }
  void ScanStore() { RunOnLoop(process.loop, Swept()); }
  bool Forget() { return RunOnLoop(process.loop, process.token_manager->Forget(kShop)).value(); }
  std::string Token() { return TokenOf(process.Get().Get()); }
  int Restored() const { return process.events.Count(TokenEvent::kRestored); }

  const std::unique_ptr<tokens::RedisStore> store;
  const tokens::RefreshSchedulerOptions options;
  TokenProcess process;
  tokens::RefreshScheduler refresh_scheduler;
};

class LostRecordsTest : public StoredTokensTest {
 protected:
  LostRecordsTest() {
    EXPECT_TRUE(redis_repository_.Put(Pair(absl::Hours(48))).ok());
    EXPECT_EQ(a_.Token(), "access-1");
    EXPECT_EQ(b_.Token(), "access-1");
  }

  void LoseEverything() { ASSERT_EQ(server_.Ask({"FLUSHALL"}), "OK"); }
  std::optional<TokenRecord> InRedis() { return redis_repository_.Read(kShop).value(); }
  std::string RefreshTokenInRedis() {
    const std::optional<TokenRecord> record = InRedis();
    return record.has_value() ? std::string(record->pair.refresh_token.Reveal()) : "nothing";
  }

  const RedisServer server_;
  const std::unique_ptr<tokens::RedisStore> redis_ =
      tokens::RedisStore::Open(Sidecar::OptionsOf(server_)).value();
  tokens::TokenRepository redis_repository_{*redis_, codec_, "test"};
  Sidecar a_{clock_, server_, Settings()};
  Sidecar b_{clock_, server_, Settings()};
};

TEST_F(LostRecordsTest, TheNextScanPutsARecordBack) {
  const TokenRecord before = *InRedis();
  LoseEverything();
  a_.ScanStore();
  ASSERT_EQ(RefreshTokenInRedis(), "refresh-1");
  EXPECT_EQ(InRedis()->generation, before.generation);
  EXPECT_EQ(InRedis()->access_expires, before.access_expires);
  EXPECT_EQ(a_.Restored(), 1);
  a_.ScanStore();
  b_.ScanStore();
  EXPECT_EQ(a_.Restored() + b_.Restored(), 1) << "it is there again";
}

TEST_F(LostRecordsTest, TheNextScanPutsBackANewerPairThanTheOneThatIsThere) {
  b_.ScanStore();
  a_.process.transport.Reply(Granted("access-2", "refresh-2"));
  ASSERT_EQ(TokenOf(a_.process.RefreshNow().Get()), "access-2");
  LoseEverything();
  b_.ScanStore();
  ASSERT_EQ(RefreshTokenInRedis(), "refresh-1") << "all that the second sidecar knows";
  a_.ScanStore();
  EXPECT_EQ(RefreshTokenInRedis(), "refresh-2");
  b_.ScanStore();
  EXPECT_EQ(b_.Token(), "access-2");
}

TEST_F(LostRecordsTest, AnUnreadableStoreIsNotTakenForALostRecord) {
  LoseEverything();
  a_.process.store->FailLists(absl::UnavailableError("down"));
  a_.ScanStore();
  EXPECT_FALSE(InRedis().has_value());
  a_.process.store->Heal();
  a_.ScanStore();
  EXPECT_TRUE(InRedis().has_value());
}

TEST_F(LostRecordsTest, RefreshNowRenewsThePairThatIsRemembered) {
  LoseEverything();
  a_.process.transport.Reply(Granted("access-2", "refresh-2"));
  EXPECT_EQ(TokenOf(a_.process.RefreshNow().Get()), "access-2");
  EXPECT_NE(a_.process.transport.request(0).body.find("refresh-1"), std::string::npos);
  EXPECT_EQ(RefreshTokenInRedis(), "refresh-2");
}

TEST_F(LostRecordsTest, ForgetShopForgetsThePairThatIsRememberedForAllSidecars) {
  LoseEverything();
  EXPECT_TRUE(a_.Forget());
  b_.ScanStore();
  a_.ScanStore();
  EXPECT_TRUE(InRedis()->forgotten);
  EXPECT_EQ(a_.Token(), "refused: NO_ACCESS_TOKEN");
  EXPECT_EQ(b_.Token(), "refused: NO_ACCESS_TOKEN");
  EXPECT_FALSE(a_.Forget()) << "there is nothing left to forget";
  EXPECT_EQ(a_.Restored() + b_.Restored(), 0);
}

TEST_F(LostRecordsTest, AForgottenShopStaysForgottenWhenItsTombstoneIsLostBeforeOthersSawIt) {
  ASSERT_TRUE(a_.Forget());
  LoseEverything();
  b_.ScanStore();  // it does not know of the deletion
  a_.ScanStore();
  EXPECT_TRUE(InRedis()->forgotten);
  b_.ScanStore();
  EXPECT_EQ(b_.Token(), "refused: NO_ACCESS_TOKEN");
  LoseEverything();
  b_.ScanStore();  // it knows of it by now
  EXPECT_TRUE(InRedis()->forgotten);
  EXPECT_EQ(a_.Token(), "refused: NO_ACCESS_TOKEN");
}

TEST_F(LostRecordsTest, ASidecarThatWasAwayForLongerThanATombstoneIsKeptRestoresNothing) {
  ASSERT_TRUE(a_.Forget());
  clock_.Advance(absl::Hours(25));
  a_.ScanStore();
  ASSERT_FALSE(InRedis().has_value()) << "the mark has gone";
  b_.ScanStore();
  a_.ScanStore();
  EXPECT_FALSE(InRedis().has_value());
}

TEST_F(LostRecordsTest, AMachineSuspendedForLongerThanATombstoneIsKeptRestoresNothing) {
  ASSERT_TRUE(a_.Forget());
  clock_.JumpWall(absl::Hours(25));  // its monotonic clock did not advance
  a_.ScanStore();
  b_.ScanStore();
  EXPECT_FALSE(InRedis().has_value());
}

TEST_F(LostRecordsTest, ALoginAfterForgettingIsRestoredOverTheTombstone) {
  ASSERT_TRUE(a_.Forget());
  const TokenRecord tombstone = *InRedis();
  clock_.Advance(absl::Seconds(5));
  ASSERT_TRUE(a_.process.StoreNewPair(Pair(absl::Hours(48), "2")).ok());
  LoseEverything();
  ASSERT_TRUE(redis_repository_.Restore(tombstone)->written);  // an older copy of the store
  a_.ScanStore();
  EXPECT_EQ(RefreshTokenInRedis(), "refresh-2");
  EXPECT_EQ(a_.Token(), "access-2");
}

}  // namespace
}  // namespace firstmile::testing

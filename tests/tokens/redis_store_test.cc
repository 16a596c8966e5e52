// RedisStore with a real server that is killed, paused, emptied, filled and locked.
#include "tokens/stores/redis_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "absl/time/clock.h"
#include "support/redis_server.h"
#include "support/stepping_wall_clock.h"

namespace firstmile::tokens {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::RedisServer;

constexpr absl::Duration kShortWait = absl::Milliseconds(250);
constexpr absl::Duration kFarTooLong = absl::Seconds(20);

redis::Options OptionsOf(const RedisServer& server) {
  return {.unix_path = server.unix_path(), .connect_timeout = kFarTooLong, .command_timeout = kFarTooLong};
}
redis::Options HastyOptionsOf(const RedisServer& server) {
  return {.unix_path = server.unix_path(), .connect_timeout = kShortWait, .command_timeout = kShortWait};
}

std::unique_ptr<RedisStore> Open(redis::Options options) {
  auto store = RedisStore::Open(std::move(options));
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

TEST(RedisStore, WorksOverTcp) {
  const RedisServer server({}, RedisServer::Listen::kTcp);
  const auto store = Open({.port = server.port()});
  const auto version = store->Write("shop/1", "a", kAbsent);
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_EQ((*store->Read("shop/1"))->version, *version);
}

TEST(RedisStore, NamesTheAddressThatHasNoListener) {
  int port = 0;
  {
    const RedisServer server({}, RedisServer::Listen::kTcp);
    port = server.port();
  }
  const absl::Status refused = RedisStore::Open({.port = port}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("127.0.0.1:" + std::to_string(port)));
}

TEST(RedisStore, AWaitWithoutABoundIsRefused) {
  for (const absl::Duration wait : {absl::ZeroDuration(), absl::InfiniteDuration()}) {
    EXPECT_EQ(RedisStore::Open({.connect_timeout = wait}).status().code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(RedisStore::Open({.command_timeout = wait}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(RedisStore, KeepsToItsKeyPrefixAndItsDatabase) {
  const RedisServer server;
  redis::Options options = OptionsOf(server);
  options.key_prefix = "a:";
  options.database = 3;
  const auto a = Open(options);
  options.key_prefix = "b:";
  const auto b = Open(options);
  ASSERT_TRUE(a->Write("shop/1", "of a", kAbsent).ok());
  EXPECT_FALSE(b->Read("shop/1")->has_value());
  EXPECT_EQ(b->List("", 10)->size(), 0U);
  EXPECT_EQ(server.Ask({"DBSIZE"}), "0");
  EXPECT_THAT(server.Ask({"INFO", "keyspace"}), HasSubstr("db3:keys=2"));
}

TEST(RedisStore, ADatabaseThatIsNotThereIsNamed) {
  const RedisServer server({"--databases", "1"});
  redis::Options options = OptionsOf(server);
  options.database = 5;
  const absl::Status refused = RedisStore::Open(options).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("no database 5"));
}

TEST(RedisStore, AConnectionThatTheServerClosedIsMadeAnewBeforeAWrite) {
  const RedisServer server;
  const auto store = Open(OptionsOf(server));
  ASSERT_TRUE(store->Write("shop/1", "a", kAbsent).ok());
  EXPECT_EQ(server.Ask({"CLIENT", "KILL", "TYPE", "normal"}), "1");
  const auto written = store->Write("shop/2", "b", kAbsent);
  EXPECT_TRUE(written.ok()) << written.status();
}

TEST(RedisStore, AServerThatIsGoneIsUnavailableAndOneThatIsBackWorksAgain) {
  RedisServer server({"--appendonly", "yes", "--appendfsync", "always"});
  const auto store = Open(OptionsOf(server));
  const Version version = *store->Write("shop/1", "a", kAbsent);
  server.Kill();
  EXPECT_EQ(store->Read("shop/1").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store->Write("shop/1", "b", version).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store->Erase("shop/1", version).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store->List("", 10).status().code(), absl::StatusCode::kUnavailable);
  server.Start();
  EXPECT_EQ((*store->Read("shop/1"))->bytes, "a");
  EXPECT_TRUE(store->Write("shop/1", "b", version).ok());
}

TEST(RedisStore, AServerThatIsKilledBetweenTwoCallsCostsNoneOfThem) {
  RedisServer server({"--appendonly", "yes"});
  const auto store = Open(OptionsOf(server));
  const Version first = *store->Write("shop/1", "a", kAbsent);
  server.Kill();
  server.Start();
  const auto second = store->Write("shop/1", "b", first);
  ASSERT_TRUE(second.ok()) << second.status();
  server.Kill();
  server.Start();
  EXPECT_EQ((*store->Read("shop/1"))->bytes, "b");
}

TEST(RedisStore, AServerThatDoesNotAnswerIsUnavailableWithinTheTimeLimit) {
  RedisServer server;
  const auto store = Open(HastyOptionsOf(server));
  const absl::Time start = absl::Now();
  server.Pause();
  EXPECT_EQ(store->Read("shop/1").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store->Write("shop/1", "a", kAbsent).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(RedisStore::Open(HastyOptionsOf(server)).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_LT(absl::Now() - start, kFarTooLong);
  server.Resume();
}

TEST(RedisStore, ALateAnswerIsNotTakenForThatOfTheNextCall) {
  RedisServer server;
  const auto store = Open(HastyOptionsOf(server));
  const auto patient = Open(OptionsOf(server));
  ASSERT_TRUE(patient->Write("shop/1", "of 1", kAbsent).ok());
  ASSERT_TRUE(patient->Write("shop/2", "of 2", kAbsent).ok());
  server.Pause();
  ASSERT_EQ(store->Read("shop/1").status().code(), absl::StatusCode::kUnavailable);
  server.Resume();
  ASSERT_TRUE(patient->Read("shop/1").ok());  // the server runs again
  const auto record = store->Read("shop/2");
  ASSERT_TRUE(record.ok() && record->has_value()) << record.status();
  EXPECT_EQ((*record)->bytes, "of 2");
}

TEST(RedisStore, AWriteWhoseAnswerIsLostIsDoneAtMostOnce) {
  RedisServer server;
  const auto store = Open(HastyOptionsOf(server));
  const auto patient = Open(OptionsOf(server));
  const Version version = *patient->Write("shop/1", "a", kAbsent);
  server.Pause();
  ASSERT_EQ(store->Write("shop/1", "b", version).status().code(), absl::StatusCode::kUnavailable);
  server.Resume();
  // The write was sent, so the server executes it when it resumes. That is why the caller must read first.
  const absl::Time give_up = absl::Now() + kFarTooLong;
  while ((*patient->Read("shop/1"))->bytes != "b") ASSERT_LT(absl::Now(), give_up);
  EXPECT_EQ(store->Write("shop/1", "c", version).status().code(), absl::StatusCode::kAborted);
}

TEST(RedisStore, CallsThatWaitForAnotherAreBoundedToo) {
  RedisServer server;
  const auto store = Open(HastyOptionsOf(server));
  server.Pause();
  const absl::Time start = absl::Now();
  std::vector<std::thread> callers;
  for (int i = 0; i < 32; ++i) {
    callers.emplace_back(
        [&] { EXPECT_EQ(store->Read("shop/1").status().code(), absl::StatusCode::kUnavailable); });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_LT(absl::Now() - start, 32 * kShortWait);  // sequential calls would take twice that
  server.Resume();
}

TEST(RedisStore, AWallClockThatIsSetForwardCostsNoCall) {
  const RedisServer server;
  const auto store = Open(OptionsOf(server));
  const testing::SteppingWallClock forward(absl::Hours(1));
  const auto version = store->Write("shop/1", "a", kAbsent);
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_TRUE(store->Read("shop/1").ok());
  EXPECT_EQ(server.Ask({"CLIENT", "KILL", "TYPE", "normal"}), "1");
  EXPECT_TRUE(store->Write("shop/1", "b", *version).ok());
}

TEST(RedisStore, AWallClockThatIsSetBackMakesNoCallLonger) {
  RedisServer server;
  const auto store = Open(HastyOptionsOf(server));
  server.Pause();
  const testing::SteppingWallClock back(-absl::Hours(1));
  auto end = std::async(std::launch::async, [&store] { return store->Read("shop/1").status(); });
  EXPECT_EQ(end.wait_for(absl::ToChronoSeconds(kFarTooLong)), std::future_status::ready);
  server.Resume();
  EXPECT_EQ(end.get().code(), absl::StatusCode::kUnavailable);
}

TEST(RedisStore, RecordsThatRedisLostAreAbsentAndCanBeMadeAnew) {
  const RedisServer server;
  const auto store = Open(OptionsOf(server));
  const Version lost = *store->Write("shop/1", "a", kAbsent);
  server.Ask({"FLUSHALL"});
  EXPECT_FALSE(store->Read("shop/1")->has_value());
  EXPECT_EQ(store->List("", 10)->size(), 0U);
  EXPECT_EQ(store->Write("shop/1", "stale", lost).status().code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(store->Write("shop/1", "b", kAbsent).ok());
  EXPECT_EQ(store->Write("shop/1", "stale", lost).status().code(), absl::StatusCode::kAborted);
}

TEST(RedisStore, ScriptsThatRedisForgotAreSentAgain) {
  const RedisServer server;
  const auto store = Open(OptionsOf(server));
  const Version version = *store->Write("shop/1", "a", kAbsent);
  server.Ask({"SCRIPT", "FLUSH"});
  EXPECT_TRUE(store->Write("shop/1", "b", version).ok());
  server.Ask({"SCRIPT", "FLUSH"});
  EXPECT_EQ(store->List("", 10)->size(), 1U);
  EXPECT_THAT(server.Ask({"INFO", "commandstats"}), HasSubstr("cmdstat_evalsha"));
}

TEST(RedisStore, ListPassesOverEvictedRecordsAndStillFillsItsPage) {
  const RedisServer server;
  const auto store = Open(OptionsOf(server));
  for (const char* key : {"a", "b", "c", "d", "e"}) ASSERT_TRUE(store->Write(key, "x", kAbsent).ok());
  ASSERT_EQ(server.Ask({"DEL", "firstmile:record:a", "firstmile:record:b", "firstmile:record:d"}), "3");
  const auto page = store->List("", 2);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->size(), 2U);
  EXPECT_EQ((*page)[0].first, "c");
  EXPECT_EQ((*page)[1].first, "e");
}

TEST(RedisStore, AWrongOrMissingPasswordIsSaidSoAndNotShown) {
  const RedisServer server({"--requirepass", "right-canary"});
  redis::Options options = OptionsOf(server);
  const absl::Status missing = RedisStore::Open(options).status();
  options.password = secrets::Secret(std::string("wrong-canary"));
  const absl::Status wrong = RedisStore::Open(options).status();
  options.username = "nobody";
  const absl::Status unknown = RedisStore::Open(options).status();
  for (const absl::Status& refused : {missing, wrong, unknown}) {
    EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
    EXPECT_THAT(std::string(refused.message()), AllOf(HasSubstr("password"), Not(HasSubstr("canary"))));
  }
  options.username = "default";
  options.password = secrets::Secret(std::string("right-canary"));
  EXPECT_TRUE(Open(options)->Write("shop/1", "a", kAbsent).ok());
}

TEST(RedisStore, AnUnexpectedPasswordIsReported) {
  const RedisServer server;
  redis::Options options = OptionsOf(server);
  options.password = secrets::Secret(std::string("canary"));
  EXPECT_EQ(RedisStore::Open(options).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST(RedisStore, AUserWithOurCommandsOnlyIsEnough) {
  const RedisServer server;
  ASSERT_EQ(server.Ask({"ACL", "SETUSER", "mile", "on", ">pass", "~firstmile:*", "-@all", "+hmget", "+hget",
                        "+hset", "+del", "+zadd", "+zrem", "+zrangebylex", "+eval", "+evalsha", "+info",
                        "+select"}),
            "OK");
  redis::Options options = OptionsOf(server);
  options.username = "mile";
  options.password = secrets::Secret(std::string("pass"));
  const auto store = Open(options);
  const auto version = store->Write("shop/1", "a", kAbsent);
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_TRUE(store->Read("shop/1").ok());
  EXPECT_TRUE(store->List("", 10).ok());
  EXPECT_TRUE(store->DurabilityProblem().ok());
  EXPECT_TRUE(store->Erase("shop/1", *version).ok());
  options.key_prefix = "other:";
  EXPECT_EQ(Open(options)->Read("shop/1").status().code(), absl::StatusCode::kPermissionDenied);
}

TEST(RedisStore, AReplicaMayBeReadOnly) {
  const RedisServer server;
  const auto store = Open(OptionsOf(server));
  const Version version = *store->Write("shop/1", "a", kAbsent);
  server.Ask({"REPLICAOF", "127.0.0.1", "1"});  // no server at that address, so the replica never syncs
  const absl::Status refused = store->Write("shop/1", "b", version).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("primary"));
  server.Ask({"REPLICAOF", "NO", "ONE"});
  EXPECT_TRUE(store->Write("shop/new", "b", kAbsent).ok());
}

TEST(RedisStore, AFullServerIsExhaustedAndKeepsRecordsAndIndexTogether) {
  const RedisServer server({"--maxmemory", "4mb", "--maxmemory-policy", "noeviction"});
  const auto store = Open(OptionsOf(server));
  const std::string bytes(kRecordBytesMax, 'b');
  absl::Status written;
  std::size_t kept = 0;
  for (; kept < 200; ++kept) {
    written = store->Write("shop/" + std::to_string(kept), bytes, kAbsent).status();
    if (!written.ok()) break;
  }
  EXPECT_EQ(written.code(), absl::StatusCode::kResourceExhausted) << written;
  EXPECT_THAT(std::string(written.message()), AllOf(HasSubstr("maxmemory"), Not(HasSubstr("bbb"))));
  EXPECT_EQ(store->List("", 1000)->size(), kept);
  EXPECT_EQ(server.Ask({"ZCARD", "firstmile:index"}), std::to_string(kept));
  const StoredRecord first = **store->Read("shop/0");
  ASSERT_TRUE(store->Erase("shop/0", first.version).ok());  // erasing frees memory
}

TEST(RedisStore, SomethingElseUnderItsNamesIsDataLoss) {
  const RedisServer server;
  const auto store = Open(OptionsOf(server));
  server.Ask({"SET", "firstmile:record:text", "canary"});
  server.Ask({"HSET", "firstmile:record:hash", "version", "canary", "bytes", "x"});
  server.Ask({"HSET", "firstmile:record:half", "version", "1"});
  for (const char* key : {"text", "hash", "half"}) {
    const absl::Status refused = store->Read(key).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss) << key;
    EXPECT_THAT(std::string(refused.message()), Not(HasSubstr("canary")));
  }
  EXPECT_EQ(store->Write("text", "a", kAbsent).status().code(), absl::StatusCode::kDataLoss);
}

// Redis keeps keys ordered only while their scores are equal; otherwise a listing would not end.
TEST(RedisStore, AnIndexWhoseKeysDoNotAscendIsDataLoss) {
  const RedisServer server;
  const auto store = Open(OptionsOf(server));
  for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(store->Write(key, "x", kAbsent).ok());
  ASSERT_EQ(store->List("", 10)->size(), 3U);
  server.Ask({"ZADD", "firstmile:index", "1", "a"});
  EXPECT_EQ(store->List("", 10).status().code(), absl::StatusCode::kDataLoss);
}

TEST(RedisStore, NamesTheSettingsThatMayLoseRecords) {
  const RedisServer safe({"--appendonly", "yes"});
  EXPECT_EQ(*Open(OptionsOf(safe))->DurabilityProblem(), "");
  const RedisServer unsafe({"--maxmemory-policy", "allkeys-lru"});
  const std::string problem = *Open(OptionsOf(unsafe))->DurabilityProblem();
  EXPECT_THAT(problem, AllOf(HasSubstr("appendonly is off"), HasSubstr("not noeviction")));
  const RedisServer silent({"--appendonly", "yes", "--rename-command", "INFO", ""});
  EXPECT_THAT(*Open(OptionsOf(silent))->DurabilityProblem(), HasSubstr("unknown"));
}

struct ErrorCase {
  const char* answer;
  absl::StatusCode code;
};

TEST(RedisError, GivesEachAnswerItsCodeAndRepeatsNoArguments) {
  using absl::StatusCode;
  for (const auto& [answer, code] : {
           ErrorCase{"LOADING Redis is loading the dataset in memory", StatusCode::kUnavailable},
           ErrorCase{"BUSY Redis is busy running a script.", StatusCode::kUnavailable},
           ErrorCase{"MASTERDOWN Link with MASTER is down", StatusCode::kUnavailable},
           ErrorCase{"NOREPLICAS Not enough good replicas to write.", StatusCode::kUnavailable},
           ErrorCase{"NOAUTH Authentication required.", StatusCode::kPermissionDenied},
           ErrorCase{"NOPERM this user has no permissions", StatusCode::kPermissionDenied},
           ErrorCase{"READONLY You can't write against a read only replica.", StatusCode::kPermissionDenied},
           ErrorCase{"ERR Error running script (call to f_1): @user_script:4: -READONLY You can't write",
                     StatusCode::kPermissionDenied},
           ErrorCase{"OOM command not allowed when used memory > 'maxmemory'.",
                     StatusCode::kResourceExhausted},
           ErrorCase{"ERR Error running script (call to f_1): @user_script:4: @user_script: 4: -OOM command",
                     StatusCode::kResourceExhausted},
           ErrorCase{"MISCONF Redis is configured to save RDB snapshots", StatusCode::kResourceExhausted},
           ErrorCase{"WRONGTYPE Operation against a key holding the wrong kind of value",
                     StatusCode::kDataLoss},
           ErrorCase{"MOVED 3999 127.0.0.1:6381", StatusCode::kFailedPrecondition},
           ErrorCase{"ERR unknown command 'evalsha', with args beginning with: 'canary'",
                     StatusCode::kFailedPrecondition},
           ErrorCase{"canary", StatusCode::kFailedPrecondition},
       }) {
    const absl::Status error = redis::ErrorOf(answer, "here:1");
    EXPECT_EQ(error.code(), code) << answer;
    EXPECT_THAT(std::string(error.message()), AllOf(HasSubstr("here:1"), Not(HasSubstr("canary"))));
  }
}

}  // namespace
}  // namespace firstmile::tokens

#include "tokens/store_hosts.h"

#include <gtest/gtest.h>

#include "support/redis_server.h"
#include "support/temp_folder.h"
#include "tokens/stores/memory_store.h"
#include "tokens/stores/redis_store.h"
#include "tokens/stores/sqlite_store.h"

namespace firstmile::tokens {
namespace {

class MemoryHost final : public StoreHost {
 public:
  std::shared_ptr<TokenStore> Open() override { return store_; }

 private:
  std::shared_ptr<TokenStore> store_ = std::make_shared<MemoryStore>();
};

class SqliteHost final : public StoreHost {
 public:
  // Long timeout: the contract's races test who wins, not how fast a disk syncs.
  std::shared_ptr<TokenStore> Open() override {
    auto store = SqliteStore::Open(folder_.File("tokens.db"), {.busy_timeout = absl::Seconds(60)});
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

 private:
  const testing::TempFolder folder_;
};

class RedisHost final : public StoreHost {
 public:
  std::shared_ptr<TokenStore> Open() override {
    auto store = RedisStore::Open({.unix_path = server_.unix_path(), .command_timeout = absl::Seconds(60)});
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

 private:
  const testing::RedisServer server_;
};

}  // namespace

std::unique_ptr<StoreHost> MakeMemoryHost() {
  return std::make_unique<MemoryHost>();
}

std::unique_ptr<StoreHost> MakeRedisHost() {
  return std::make_unique<RedisHost>();
}

std::unique_ptr<StoreHost> MakeSqliteHost() {
  return std::make_unique<SqliteHost>();
}

}  // namespace firstmile::tokens

// Keeps records in a Redis server (5 or later) that sidecars on several machines share.
//
// Thread-safe. A call ends within connect_timeout + command_timeout. A read is repeated once when the
// connection breaks; a write whose answer is lost is kUnavailable.
//
// Durability. When Write returns, the record is in Redis's memory and survives the end of this process.
// Whether it survives the end of Redis depends on Redis's settings:
// - appendonly no: any end of Redis loses what was written since the last snapshot;
// - appendonly yes, appendfsync everysec: survives a killed Redis; a power or kernel failure loses the last
//   second or two. appendfsync always: survives that too;
// - a failover loses what the replica had not received yet, since Redis replicates after it answers;
// - maxmemory-policy other than noeviction: Redis evicts records when memory runs short.
// If Redis loses a refresh token, its seller must log in again. Use appendonly yes and noeviction at least,
// and appendfsync always where a seller's login costs more than a slower disk.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "redis/client.h"
#include "tokens/stores/token_store.h"

namespace firstmile::tokens {

class RedisStore final : public TokenStore {
 public:
  // Connects once, so that a wrong address or password fails at startup.
  static absl::StatusOr<std::unique_ptr<RedisStore>> Open(redis::Options options);

  absl::StatusOr<std::optional<StoredRecord>> Read(const std::string& key) override;
  absl::StatusOr<Version> Write(const std::string& key, const std::string& bytes, Version expected) override;
  absl::Status Erase(const std::string& key, Version expected) override;
  absl::StatusOr<std::vector<std::pair<std::string, StoredRecord>>> List(const std::string& after,
                                                                         int limit) override;

  // Describes the Redis settings that may lose records; empty when there are none. Says so when Redis denies
  // access to them.
  absl::StatusOr<std::string> DurabilityProblem();

 private:
  explicit RedisStore(redis::Options options)
      : client_(std::move(options)), index_name_(client_.options().key_prefix + "index") {}

  absl::Status Change(const redis::Script& script, const std::string& key,
                      const redis::Client::Arguments& arguments);
  absl::StatusOr<std::string> Info(absl::string_view section);
  std::string RecordName(const std::string& key) const {
    return client_.options().key_prefix + "record:" + key;
  }

  redis::Client client_;
  const std::string index_name_;
};

}  // namespace firstmile::tokens

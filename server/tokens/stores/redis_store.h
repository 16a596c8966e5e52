// Keeps records in a Redis server (5 or later) that the sidecars of several machines share.
//
// Thread-safe: one connection, guarded by a mutex, since few store threads share a store. A call ends within
// connect_timeout + command_timeout, waiting for other threads and connecting anew included; only the
// resolving of a host's name comes on top. Reads are tried a second time when the connection breaks; a write
// whose answer is lost is kUnavailable.
//
// What a record survives. When Write returns, the record is in the memory of Redis: it survives the end of
// this process. Whether it survives the end of Redis is up to the settings of Redis:
// - appendonly no: what was written since the last snapshot is lost with any end of Redis;
// - appendonly yes, appendfsync everysec: kept when Redis is killed, the last second or two lost with the
//   power or the kernel; appendfsync always: kept then too;
// - a failover to a replica loses what had not been copied yet, since Redis copies after it answers;
// - maxmemory-policy other than noeviction: records vanish when memory runs short.
// A lost record is a lost refresh token, and its seller must authorize again. So: appendonly yes and
// noeviction at least, and appendfsync always where a seller's visit costs more than a slower disk.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tokens/stores/redis_connection.h"
#include "tokens/stores/redis_scripts.h"
#include "tokens/token_store.h"

namespace firstmile::tokens {

class RedisStore final : public TokenStore {
 public:
  // Connects once, so that a wrong address or password shows at the start.
  static absl::StatusOr<std::unique_ptr<RedisStore>> Open(RedisOptions options);

  absl::StatusOr<std::optional<StoredRecord>> Read(const std::string& key) override;
  absl::StatusOr<Version> Write(const std::string& key, const std::string& bytes, Version expected) override;
  absl::Status Erase(const std::string& key, Version expected) override;
  absl::StatusOr<std::vector<std::pair<std::string, StoredRecord>>> List(const std::string& after,
                                                                         int limit) override;

  // What in the settings of Redis may cost records, for an operator to read. Empty: nothing. Says that it is
  // unknown where Redis does not let us ask.
  absl::StatusOr<std::string> DurabilityProblem();

 private:
  enum class Effect { kRead, kWrite };
  using Arguments = std::vector<absl::string_view>;

  explicit RedisStore(RedisOptions options);

  // The answer to a command, or to a script where one is given; never an error answer.
  absl::StatusOr<RedisReply> Ask(Effect effect, const RedisScript* script, const Arguments& arguments);
  absl::Status Change(const RedisScript& script, const std::string& key, const Arguments& arguments);
  absl::StatusOr<std::string> Info(absl::string_view section);

  // These REQUIRE mutex_.
  absl::Status Connect(absl::Time deadline);
  absl::StatusOr<RedisReply> Attempt(const RedisScript* script, const Arguments& arguments,
                                     absl::Time deadline);
  absl::StatusOr<RedisReply> Run(const RedisScript& script, const Arguments& arguments, absl::Time deadline);

  absl::Time Deadline() const;
  std::string RecordName(const std::string& key) const { return options_.key_prefix + "record:" + key; }

  const RedisOptions options_;
  const std::string address_;
  const std::string index_name_;
  std::timed_mutex mutex_;
  std::unique_ptr<RedisConnection> connection_;  // guarded by mutex_; null: to be made
};

}  // namespace firstmile::tokens

// Keeps records in a Redis server (5 or later) that the sidecars of several machines share.
//
// Thread-safe. A call ends within connect_timeout + command_timeout. Reads are tried a second time when the
// connection breaks; a write whose answer is lost is kUnavailable.
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
#include <string>
#include <utility>
#include <vector>

#include "redis/client.h"
#include "tokens/token_store.h"

namespace firstmile::tokens {

class RedisStore final : public TokenStore {
 public:
  // Connects once, so that a wrong address or password shows at the start.
  static absl::StatusOr<std::unique_ptr<RedisStore>> Open(redis::Options options);

  absl::StatusOr<std::optional<StoredRecord>> Read(const std::string& key) override;
  absl::StatusOr<Version> Write(const std::string& key, const std::string& bytes, Version expected) override;
  absl::Status Erase(const std::string& key, Version expected) override;
  absl::StatusOr<std::vector<std::pair<std::string, StoredRecord>>> List(const std::string& after,
                                                                         int limit) override;

  // What in the settings of Redis may cost records, for an operator to read. Empty: nothing. Says that it is
  // unknown where Redis does not let us ask.
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

#include "tokens/stores/redis_store.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tokens/stores/redis_durability.h"
#include "tokens/stores/redis_scripts.h"
#include "tokens/stores/store_rules.h"

namespace firstmile::tokens {
namespace {

using redis::TextOf;
using Effect = redis::Client::Effect;

absl::Status NotOurs(const std::string& address) {
  return absl::DataLossError(absl::StrCat("the token store redis at ", address,
                                          " holds something else than our records under our key prefix"));
}

// The record whose version and bytes are the elements `at` and `at` + 1.
absl::StatusOr<StoredRecord> RecordAt(const redisReply& array, std::size_t at, const std::string& address) {
  const redisReply& version = *array.element[at];
  const redisReply& bytes = *array.element[at + 1];
  StoredRecord record;
  if (version.type != REDIS_REPLY_STRING || bytes.type != REDIS_REPLY_STRING ||
      !absl::SimpleAtoi(TextOf(version), &record.version) || record.version == kAbsent) {
    return NotOurs(address);
  }
  record.bytes = std::string(TextOf(bytes));
  return record;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RedisStore>> RedisStore::Open(redis::Options options) {
  absl::Status valid = CheckWait("connect timeout", options.connect_timeout);
  if (valid.ok()) valid = CheckWait("command timeout", options.command_timeout);
  if (!valid.ok()) return valid;
  std::unique_ptr<RedisStore> store(new RedisStore(std::move(options)));
  if (absl::Status connected = store->client_.Connect(); !connected.ok()) return connected;
  return store;
}

absl::StatusOr<std::optional<StoredRecord>> RedisStore::Read(const std::string& key) {
  if (absl::Status valid = CheckKey(key); !valid.ok()) return valid;
  const std::string name = RecordName(key);
  const absl::StatusOr<redis::Reply> reply =
      client_.Ask(Effect::kRead, nullptr, {"HMGET", name, "version", "bytes"});
  if (!reply.ok()) return reply.status();
  const redisReply& fields = **reply;
  if (fields.type != REDIS_REPLY_ARRAY || fields.elements != 2) return NotOurs(client_.address());
  if (fields.element[0]->type == REDIS_REPLY_NIL && fields.element[1]->type == REDIS_REPLY_NIL) {
    return std::nullopt;
  }
  absl::StatusOr<StoredRecord> record = RecordAt(fields, 0, client_.address());
  if (!record.ok()) return record.status();
  return *std::move(record);
}

absl::StatusOr<Version> RedisStore::Write(const std::string& key, const std::string& bytes,
                                          Version expected) {
  if (absl::Status valid = CheckWrite(key, bytes); !valid.ok()) return valid;
  const Version version = NextVersion(expected);
  const std::string from = absl::StrCat(expected);
  const std::string to = absl::StrCat(version);
  if (absl::Status changed = Change(WriteScript(), key, {from, to, bytes, key}); !changed.ok())
    return changed;
  return version;
}

absl::Status RedisStore::Erase(const std::string& key, Version expected) {
  if (absl::Status valid = CheckKey(key); !valid.ok()) return valid;
  const std::string from = absl::StrCat(expected);
  return Change(EraseScript(), key, {from, key});
}

absl::StatusOr<std::vector<std::pair<std::string, StoredRecord>>> RedisStore::List(const std::string& after,
                                                                                   int limit) {
  if (absl::Status valid = CheckList(limit); !valid.ok()) return valid;
  const std::string from = after.empty() ? "-" : "(" + after;
  const std::string most = absl::StrCat(limit);
  const absl::StatusOr<redis::Reply> reply =
      client_.Ask(Effect::kRead, &ListScript(), {"1", index_name_, RecordName(""), from, most});
  if (!reply.ok()) return reply.status();
  const redisReply& listed = **reply;
  const bool whole = listed.type == REDIS_REPLY_ARRAY && listed.elements % 3 == 0;
  if (!whole || listed.elements / 3 > static_cast<std::size_t>(limit)) return NotOurs(client_.address());
  std::vector<std::pair<std::string, StoredRecord>> page;
  page.reserve(listed.elements / 3);
  for (std::size_t at = 0; at < listed.elements; at += 3) {
    absl::StatusOr<StoredRecord> record = RecordAt(listed, at + 1, client_.address());
    if (!record.ok()) return record.status();
    // Listing the store ends because keys ascend, which they do since all have one score in the index.
    const absl::string_view last = page.empty() ? after : absl::string_view(page.back().first);
    const absl::string_view key = TextOf(*listed.element[at]);
    if (key <= last) return NotOurs(client_.address());
    page.emplace_back(std::string(key), *std::move(record));
  }
  return page;
}

absl::StatusOr<std::string> RedisStore::DurabilityProblem() {
  absl::StatusOr<std::string> persistence = Info("persistence");
  if (!persistence.ok()) return persistence;
  absl::StatusOr<std::string> memory = Info("memory");
  if (!memory.ok()) return memory;
  return RedisDurabilityProblem(*persistence, *memory);
}

// Empty when Redis denies access.
absl::StatusOr<std::string> RedisStore::Info(absl::string_view section) {
  const absl::StatusOr<redis::Reply> reply = client_.Ask(Effect::kRead, nullptr, {"INFO", section});
  if (absl::IsPermissionDenied(reply.status()) || absl::IsFailedPrecondition(reply.status())) return "";
  if (!reply.ok()) return reply.status();
  return (*reply)->str == nullptr ? "" : std::string(TextOf(**reply));
}

absl::Status RedisStore::Change(const redis::Script& script, const std::string& key,
                                const redis::Client::Arguments& arguments) {
  const std::string name = RecordName(key);
  redis::Client::Arguments all = {"2", name, index_name_};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const absl::StatusOr<redis::Reply> reply = client_.Ask(Effect::kWrite, &script, all);
  if (!reply.ok()) return reply.status();
  if ((*reply)->type != REDIS_REPLY_INTEGER) return NotOurs(client_.address());
  return (*reply)->integer == 1 ? absl::OkStatus() : ChangedMeanwhile(key);
}

}  // namespace firstmile::tokens

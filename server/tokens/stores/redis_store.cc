#include "tokens/stores/redis_store.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tokens/stores/redis_durability.h"
#include "tokens/stores/store_rules.h"

namespace firstmile::tokens {
namespace {

absl::string_view TextOf(const redisReply& reply) {
  return {reply.str, reply.len};
}

absl::Status NotOurs(const std::string& address) {
  return absl::DataLossError(absl::StrCat("the token store redis at ", address,
                                          " holds something else than our records under our key prefix"));
}

// The record whose version and bytes are the elements from `at` on.
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

absl::StatusOr<std::unique_ptr<RedisStore>> RedisStore::Open(RedisOptions options) {
  absl::Status valid = CheckWait("connect timeout", options.connect_timeout);
  if (valid.ok()) valid = CheckWait("command timeout", options.command_timeout);
  if (!valid.ok()) return valid;
  std::unique_ptr<RedisStore> store(new RedisStore(std::move(options)));
  const std::lock_guard lock(store->mutex_);
  if (absl::Status connected = store->Connect(store->Deadline()); !connected.ok()) return connected;
  return store;
}

RedisStore::RedisStore(RedisOptions options)
    : options_(std::move(options)),
      address_(RedisAddress(options_)),
      index_name_(options_.key_prefix + "index") {}

absl::StatusOr<std::optional<StoredRecord>> RedisStore::Read(const std::string& key) {
  if (absl::Status valid = CheckKey(key); !valid.ok()) return valid;
  const std::string name = RecordName(key);
  const absl::StatusOr<RedisReply> reply = Ask(Effect::kRead, nullptr, {"HMGET", name, "version", "bytes"});
  if (!reply.ok()) return reply.status();
  const redisReply& fields = **reply;
  if (fields.type != REDIS_REPLY_ARRAY || fields.elements != 2) return NotOurs(address_);
  if (fields.element[0]->type == REDIS_REPLY_NIL && fields.element[1]->type == REDIS_REPLY_NIL) {
    return std::nullopt;
  }
  absl::StatusOr<StoredRecord> record = RecordAt(fields, 0, address_);
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
  const absl::StatusOr<RedisReply> reply =
      Ask(Effect::kRead, &ListScript(), {"1", index_name_, RecordName(""), from, most});
  if (!reply.ok()) return reply.status();
  const redisReply& listed = **reply;
  if (listed.type != REDIS_REPLY_ARRAY || listed.elements % 3 != 0) return NotOurs(address_);
  std::vector<std::pair<std::string, StoredRecord>> page;
  page.reserve(listed.elements / 3);
  for (std::size_t at = 0; at < listed.elements; at += 3) {
    absl::StatusOr<StoredRecord> record = RecordAt(listed, at + 1, address_);
    if (!record.ok()) return record.status();
    page.emplace_back(std::string(TextOf(*listed.element[at])), *std::move(record));
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

// Empty where Redis does not let us ask.
absl::StatusOr<std::string> RedisStore::Info(absl::string_view section) {
  const absl::StatusOr<RedisReply> reply = Ask(Effect::kRead, nullptr, {"INFO", section});
  if (absl::IsPermissionDenied(reply.status()) || absl::IsFailedPrecondition(reply.status())) return "";
  if (!reply.ok()) return reply.status();
  return (*reply)->str == nullptr ? "" : std::string(TextOf(**reply));
}

absl::Status RedisStore::Change(const RedisScript& script, const std::string& key,
                                const Arguments& arguments) {
  const std::string name = RecordName(key);
  Arguments all = {"2", name, index_name_};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const absl::StatusOr<RedisReply> reply = Ask(Effect::kWrite, &script, all);
  if (!reply.ok()) return reply.status();
  if ((*reply)->type != REDIS_REPLY_INTEGER) return NotOurs(address_);
  return (*reply)->integer == 1 ? absl::OkStatus() : ChangedMeanwhile(key);
}

absl::StatusOr<RedisReply> RedisStore::Ask(Effect effect, const RedisScript* script,
                                           const Arguments& arguments) {
  const absl::Time deadline = Deadline();
  const std::unique_lock lock(mutex_, absl::ToChronoNanoseconds(deadline - absl::Now()));
  if (!lock.owns_lock()) {
    return absl::UnavailableError(
        absl::StrCat("the token store redis at ", address_, " is too slow for all calls that wait for it"));
  }
  const bool connected = connection_ != nullptr;
  absl::StatusOr<RedisReply> reply = Attempt(script, arguments, deadline);
  const bool broke = !reply.ok() && connected && connection_ == nullptr;
  if (effect == Effect::kRead && broke && absl::IsUnavailable(reply.status())) {
    reply = Attempt(script, arguments, deadline);
  }
  return reply;
}

absl::Status RedisStore::Connect(absl::Time deadline) {
  absl::StatusOr<std::unique_ptr<RedisConnection>> connection = RedisConnection::Connect(options_, deadline);
  if (!connection.ok()) return connection.status();
  connection_ = *std::move(connection);
  return absl::OkStatus();
}

absl::StatusOr<RedisReply> RedisStore::Attempt(const RedisScript* script, const Arguments& arguments,
                                               absl::Time deadline) {
  if (connection_ != nullptr && !connection_->Usable()) connection_ = nullptr;
  if (connection_ == nullptr) {
    if (absl::Status connected = Connect(deadline); !connected.ok()) return connected;
  }
  absl::StatusOr<RedisReply> reply =
      script == nullptr ? connection_->Call(arguments, deadline) : Run(*script, arguments, deadline);
  if (!reply.ok()) {
    connection_ = nullptr;  // its next answer would be that to an earlier command
    return reply;
  }
  if ((*reply)->type != REDIS_REPLY_ERROR) return reply;
  absl::Status error = RedisError(TextOf(**reply), address_);
  if (absl::IsPermissionDenied(error)) connection_ = nullptr;  // the name may lead to a new primary by now
  return error;
}

// Redis keeps the scripts that it has seen until it restarts. One that it does not know it has not run.
absl::StatusOr<RedisReply> RedisStore::Run(const RedisScript& script, const Arguments& arguments,
                                           absl::Time deadline) {
  Arguments command = {"EVALSHA", script.digest};
  command.insert(command.end(), arguments.begin(), arguments.end());
  absl::StatusOr<RedisReply> reply = connection_->Call(command, deadline);
  if (!reply.ok() || (*reply)->type != REDIS_REPLY_ERROR || TextOf(**reply).substr(0, 8) != "NOSCRIPT") {
    return reply;
  }
  command[0] = "EVAL";
  command[1] = script.text;
  return connection_->Call(command, deadline);
}

absl::Time RedisStore::Deadline() const {
  return absl::Now() + options_.connect_timeout + options_.command_timeout;
}

}  // namespace firstmile::tokens

// One connection to a Redis server; each command has a time limit.
//
// Not thread-safe. Blocks. Uses hiredis 0.14 of Debian 12, which lacks TLS: reach Redis over a Unix socket, a
// private network, or a local TLS tunnel. hiredis does not wipe its buffers, through which the password
// passes once per connection.
#pragma once

#include <hiredis/hiredis.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "secrets/secret.h"

namespace firstmile::redis {

struct Options {
  // Either a host, preferably an IP address, since name resolution has no time limit ...
  std::string host = "127.0.0.1";
  int port = 6379;
  // ... or, if not empty, the path of a Unix socket.
  std::string unix_path = {};

  std::string username = {};      // empty: Redis's user "default"
  secrets::Secret password = {};  // empty: none needed
  int database = 0;

  // Prefix of all our names, so that others may share the Redis.
  std::string key_prefix = "firstmile:";

  absl::Duration connect_timeout = absl::Seconds(1);
  absl::Duration command_timeout = absl::Seconds(1);
};

// Most bytes of one reply: a token store's page of a thousand records of 64 KiB, with their names. None of
// our commands gets a longer one.
inline constexpr std::size_t kReplyBytesMax = 72 * 1024 * 1024;

// When a command must end. On the monotonic clock, since an operator or NTP may set the wall clock at any
// time.
using Deadline = std::chrono::steady_clock::time_point;

struct ReplyDeleter {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, ReplyDeleter>;

inline absl::string_view TextOf(const redisReply& reply) {
  return {reply.str, reply.len};
}

// The server's address, for messages.
std::string AddressOf(const Options& options);

// Converts a Redis error reply to a status. Shows only the first word of `error`, since some errors repeat
// what was sent.
absl::Status ErrorOf(absl::string_view error, const std::string& address);

class Connection {
 public:
  // Connects, authenticates and selects the database, by `deadline`.
  static absl::StatusOr<std::unique_ptr<Connection>> Connect(const Options& options, Deadline deadline);

  // Returns the reply to one command, which may be an error (REDIS_REPLY_ERROR). A failed status means that
  // the connection is unusable, and that the command may or may not have run.
  absl::StatusOr<Reply> Call(const std::vector<absl::string_view>& command, Deadline deadline);

  // False: the server has closed this idle connection, or sent an unrequested reply, which would be taken for
  // the next command's.
  bool Usable() const;

 private:
  struct ContextDeleter {
    void operator()(redisContext* context) const { redisFree(context); }
  };

  Connection(redisContext* context, std::string address) : context_(context), address_(std::move(address)) {}

  absl::Status Greet(const Options& options, Deadline deadline);
  absl::Status ReadSome(Deadline deadline, std::size_t* bytes_left);
  absl::Status Limit(Deadline deadline);
  absl::Status Broken(Deadline deadline) const;

  const std::unique_ptr<redisContext, ContextDeleter> context_;
  const std::string address_;
};

}  // namespace firstmile::redis

// One connection to a Redis server: commands and answers, each within a time limit.
//
// Not thread-safe. Blocks. Through hiredis 0.14 of Debian 12, which knows no TLS: reach Redis over a Unix
// socket, a private network, or a local TLS tunnel. hiredis does not wipe its buffers, through which the
// password goes once per connection.
#pragma once

#include <hiredis/hiredis.h>

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
  // Either a host, best given as an IP address, since no time limit covers the resolving of a name ...
  std::string host = "127.0.0.1";
  int port = 6379;
  // ... or, where it is not empty, the path of a Unix socket.
  std::string unix_path = {};

  std::string username = {};      // empty: Redis's user "default"
  secrets::Secret password = {};  // empty: none is asked for
  int database = 0;

  // Comes before all names that we make, so that others may share the Redis.
  std::string key_prefix = "firstmile:";

  absl::Duration connect_timeout = absl::Seconds(1);
  absl::Duration command_timeout = absl::Seconds(1);
};

// Bytes of one reply: a token store's page of a thousand records of 64 KiB, with its names. A longer one does
// not come from what we ask.
inline constexpr std::size_t kReplyBytesMax = 72 * 1024 * 1024;

struct ReplyDeleter {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, ReplyDeleter>;

inline absl::string_view TextOf(const redisReply& reply) {
  return {reply.str, reply.len};
}

// Where the server is, for messages.
std::string AddressOf(const Options& options);

// The status of an error that Redis answered. Shows the first word of `error` only: some errors repeat what
// was sent.
absl::Status ErrorOf(absl::string_view error, const std::string& address);

class Connection {
 public:
  // Connects, authenticates and selects the database, until `deadline`.
  static absl::StatusOr<std::unique_ptr<Connection>> Connect(const Options& options, absl::Time deadline);

  // The answer to one command, which may be an error (REDIS_REPLY_ERROR). A status means that the connection
  // is of no more use, and that the command may have been done or not.
  absl::StatusOr<Reply> Call(const std::vector<absl::string_view>& command, absl::Time deadline);

  // False: the server has closed this idle connection, or sent what nobody asked for, which would be taken
  // for the reply to the next command.
  bool Usable() const;

 private:
  struct ContextDeleter {
    void operator()(redisContext* context) const { redisFree(context); }
  };

  Connection(redisContext* context, std::string address) : context_(context), address_(std::move(address)) {}

  absl::Status Greet(const Options& options, absl::Time deadline);
  absl::Status ReadSome(absl::Time deadline, std::size_t* bytes_left);
  absl::Status Limit(absl::Time deadline);
  absl::Status Broken(absl::Time deadline) const;

  const std::unique_ptr<redisContext, ContextDeleter> context_;
  const std::string address_;
};

}  // namespace firstmile::redis

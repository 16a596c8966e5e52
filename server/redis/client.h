// Asks a Redis server (5 or later), over a connection that is made anew when it breaks.
//
// Thread-safe: one connection, guarded by a mutex, since few threads share a client. Blocks. A question ends
// within connect_timeout + command_timeout, waiting for other threads and connecting anew included; only the
// resolving of a host's name comes on top.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "redis/connection.h"
#include "redis/script.h"

namespace firstmile::redis {

class Client {
 public:
  enum class Effect { kRead, kWrite };
  using Arguments = std::vector<absl::string_view>;

  explicit Client(Options options) : options_(std::move(options)), address_(AddressOf(options_)) {}

  // Connects, so that a wrong address or password shows.
  absl::Status Connect();

  // The answer to a command, or to a script where one is given; never an error answer. A read is tried a
  // second time when the connection breaks; a write whose answer is lost is kUnavailable.
  absl::StatusOr<Reply> Ask(Effect effect, const Script* script, const Arguments& arguments);

  const Options& options() const { return options_; }
  const std::string& address() const { return address_; }

 private:
  // These REQUIRE mutex_.
  absl::Status Reconnect(absl::Time deadline);
  absl::StatusOr<Reply> Attempt(const Script* script, const Arguments& arguments, absl::Time deadline);
  absl::StatusOr<Reply> Run(const Script& script, const Arguments& arguments, absl::Time deadline);

  absl::Time Deadline() const;

  const Options options_;
  const std::string address_;
  std::timed_mutex mutex_;
  std::unique_ptr<Connection> connection_;  // guarded by mutex_; null: to be made
};

}  // namespace firstmile::redis

// Sends commands to a Redis server (5 or later), and reconnects when the connection breaks.
//
// Thread-safe: one connection, guarded by a mutex, since few threads share a client. Blocks. A command ends
// within connect_timeout + command_timeout, including waits for other threads and reconnecting, but not
// including host name resolution.
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

  // Connects, so that a wrong address or password is reported at once.
  absl::Status Connect();

  // Returns the answer to a command, or to a script if one is given; never an error reply. Repeats a read
  // once when the connection breaks; a write whose answer is lost is kUnavailable.
  absl::StatusOr<Reply> Ask(Effect effect, const Script* script, const Arguments& arguments);

  const Options& options() const { return options_; }
  const std::string& address() const { return address_; }

 private:
  // These REQUIRE mutex_.
  absl::Status Reconnect(Deadline deadline);
  absl::StatusOr<Reply> Attempt(const Script* script, const Arguments& arguments, Deadline deadline);
  absl::StatusOr<Reply> Run(const Script& script, const Arguments& arguments, Deadline deadline);

  Deadline NewDeadline() const;

  const Options options_;
  const std::string address_;
  std::timed_mutex mutex_;
  std::unique_ptr<Connection> connection_;  // guarded by mutex_; null: not connected
};

}  // namespace firstmile::redis

// Connections of the sidecar to itself, which show whether the listener accepts.
//
// Thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "listener/listening_socket.h"

namespace firstmile::listener {

// What tells the connections to one listening socket apart, from the caller's address: "host:port", or the
// name of a caller's own unix socket, which most callers do not have: empty.
std::string NameOf(const SocketAddress& caller);

class Probes {
 public:
  // Connects to `listening` and waits until the acceptor has told what became of the connection, or until
  // `timeout` has passed. Blocks.
  absl::Status Try(const SocketAddress& listening, absl::Duration timeout);

  // Whether the connection of this name is a probe. An empty name never is.
  bool Expects(const std::string& name);

  // Ends the probe of this name with `outcome`. False: nobody waits for it (any more).
  bool Answer(const std::string& name, const absl::Status& outcome);

 private:
  absl::Status Await(const std::string& name, absl::Duration timeout);

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_. One for each thread that probes.
  absl::flat_hash_map<std::string, std::optional<absl::Status>> waiting_;
};

}  // namespace firstmile::listener

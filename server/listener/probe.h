// Connections of the sidecar to itself, to check that the listener accepts.
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

// Identifies a connection to one listening socket by the caller's address: "host:port", or the name of the
// caller's own Unix socket, which is usually empty.
std::string NameOf(const SocketAddress& caller);

class Probes {
 public:
  // Connects to `listening` and waits until the acceptor has reported the connection's outcome, or until
  // `timeout`. Blocks.
  absl::Status Try(const SocketAddress& listening, absl::Duration timeout);

  // Whether the connection of this name is a probe; false for an empty name.
  bool Expects(const std::string& name);

  // Ends the probe of this name with `outcome`. Returns false when it no longer waits.
  bool Answer(const std::string& name, const absl::Status& outcome);

 private:
  absl::Status Await(const std::string& name, absl::Duration timeout);

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_. One entry per probing thread.
  absl::flat_hash_map<std::string, std::optional<absl::Status>> waiting_;
};

}  // namespace firstmile::listener

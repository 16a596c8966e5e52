// A small HTTP server for operators: GET /metrics, /readiness and /liveness.
//
// Thread-safe. Runs on a thread of its own, apart from every event loop. It does not authenticate readers.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace firstmile::ops {

class AdminServer {
 public:
  // Called on the server's thread.
  struct Pages {
    std::function<std::string()> metrics;  // in Prometheus' text form
    std::function<absl::Status()>
        ready;  // not OK: /readiness answers 503 with the message. May take a second
  };

  // Connections at one time. A further one replaces the one that was quiet longest, so that
  // connections without a request, or with half of one, never keep a probe out.
  static constexpr std::size_t kConnectionsMax = 64;
  // For a whole request, from when the connection begins or its last answer ended; and for taking an answer.
  static constexpr std::chrono::seconds kRequestMax{10};

  // Fails with kInvalidArgument when the address is not "host:port". A port without a host is refused: to
  // some programs it means this machine, to others every network.
  static absl::Status CheckAddress(const std::string& address);

  // Serves at `address` (port 0: any free one) when it returns. Fails like CheckAddress, and with
  // kUnavailable when it cannot listen.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const std::string& address, Pages pages);

  // Closes what is open.
  ~AdminServer();

  // host:port, with the port that the system chose.
  const std::string& address() const;

 private:
  class Engine;
  explicit AdminServer(std::unique_ptr<Engine> engine);

  const std::unique_ptr<Engine> engine_;
};

}  // namespace firstmile::ops

// A small HTTP server for those who look after the sidecar: GET /metrics, /readiness and /liveness.
//
// Thread-safe. Runs on a thread of its own, apart from every event loop. It does not ask who looks.
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

  // Connections at one time. A further one takes the place of the one that was quiet longest, so that whoever
  // asks nothing, or half a question, never keeps a probe out.
  static constexpr std::size_t kConnectionsMax = 64;
  // For a whole request, from when the connection begins or its last answer ended; and for taking an answer.
  static constexpr std::chrono::seconds kRequestMax{10};

  // Serves at `address` ("host:port", port 0: any free one) when it returns. Fails with kInvalidArgument when
  // the address has another form, and with kUnavailable when it cannot listen. A port without a host is
  // refused: to some it means this machine, to others every network.
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

// A small HTTP server for those who look after the sidecar: GET /metrics, /readiness and /liveness.
//
// Thread-safe. Runs on a thread of its own, apart from every event loop. It does not ask who looks.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace firstmile::ops {

class AdminServer {
 public:
  // Called on the server's thread.
  struct Pages {
    std::function<std::string()> metrics;  // in Prometheus' text form
    std::function<bool()> ready;           // false: /readiness answers 503
  };

  // Connections at one time; a further one is closed at once.
  static constexpr int kConnectionsMax = 16;

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

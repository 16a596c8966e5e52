// The gRPC server behind our own acceptor, with the limits that it sets for every connection.
//
// Thread-safe after Start, except that Shutdown is called by one thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "app/connection_settings.h"
#include "listener/acceptor.h"
#include "listener/handover.h"
#include "ops/metrics.h"
#include "rpc/health_service.h"

namespace firstmile::app {

struct GrpcServerOptions {
  ConnectionSettings connections;
  std::int64_t concurrent_calls_per_connection = 0;  // further ones wait at the caller
  std::int64_t max_memory_bytes = 0;                 // 0: no bound
  std::vector<std::string> service_names;            // that health knows
};

class GrpcServer {
 public:
  // The largest request, and the largest metadata of one: an access token alone may have 8 KiB.
  static constexpr int kRequestBytesMax = 1 << 20;
  static constexpr int kMetadataBytesMax = 16 << 10;

  using Entrances = std::vector<std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor>>;

  // Serves `services` at `addresses` when it returns. Fails with kUnavailable or kAlreadyExists and one line
  // when an address cannot be bound. References outlive the server.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(
      const std::vector<listener::ListenAddress>& addresses, const GrpcServerOptions& options,
      const std::vector<std::unique_ptr<grpc::Service>>& services, listener::ConnectionRegistry& registry,
      ops::Metrics& metrics);
  // Shuts down with no time left.
  ~GrpcServer();

  // As they were given, with the ports that the system chose.
  const std::vector<std::string>& addresses() const { return addresses_; }

  // What health says of the server and of each service.
  void SetServing(bool now) { health_->SetServing(now); }

  // Whether connections are accepted, see Acceptor::Probe, and reach gRPC within `timeout`.
  absl::Status Probe(absl::Duration timeout);

  // Stops listening; running calls may go on for `grace`, then they are cancelled. Returns when all have
  // ended.
  void Shutdown(std::chrono::milliseconds grace);

 private:
  GrpcServer() = default;

  std::vector<std::string> addresses_;
  Entrances entrances_;
  std::unique_ptr<rpc::HealthService> health_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<listener::Handover> handover_;
  std::unique_ptr<listener::Acceptor> acceptor_;
};

}  // namespace firstmile::app

// grpc.health.v1.Health. gRPC's own implementation does not limit its watchers.
//
// Thread-safe. Outlives its server.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "grpc/health/v1/health.grpc.pb.h"
#include "listener/connection_calls.h"

namespace firstmile::rpc {

class HealthService final : public grpc::health::v1::Health::CallbackService {
 public:
  // Most concurrent Watch calls. A further one replaces one of the connection that has the most, unless its
  // own connection already has its fair share. The rejected call ends with RESOURCE_EXHAUSTED; its client
  // would take that for an unhealthy server, so no client may cause it for others. Check is not limited.
  static constexpr std::size_t kWatchersMax = 1000;

  // Reports the server as a whole and `services`, by their full names. Starts as not serving. A connection
  // with a watcher counts as in use; `connections` outlives the service.
  HealthService(std::vector<std::string> services, const listener::ConnectionRegistry& connections);
  ~HealthService() override;

  // Sets the state of all services and notifies their watchers.
  void SetServing(bool now);

  // Ends every Watch call, current and future, with UNAVAILABLE.
  void EndWatchers();

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context, const grpc::health::v1::HealthCheckRequest* request) override;

 private:
  using State = grpc::health::v1::HealthCheckResponse::ServingStatus;
  class Watcher;

  bool Knows(const std::string& service) const;
  State StateOfAll() const;                       // REQUIRES: mutex_
  bool MakeCapacityFor(const std::string& peer);  // REQUIRES: mutex_
  void Remove(Watcher* watcher);                  // REQUIRES: mutex_; idempotent
  void Forget(Watcher* watcher);
  template <typename Visit>
  void VisitWatchers(Visit visit) const;  // REQUIRES: mutex_

  const std::vector<std::string> services_;
  const listener::ConnectionRegistry& connections_;
  std::mutex mutex_;  // guards what follows
  bool serving_ = false;
  bool ended_ = false;
  std::size_t count_ = 0;
  std::size_t alive_ = 0;                               // including replaced watchers that have not ended yet
  std::map<std::string, std::set<Watcher*>> watchers_;  // by the connection's peer, as gRPC formats it
};

}  // namespace firstmile::rpc

// grpc.health.v1.Health: whether calls are taken. gRPC's own bounds its watchers by nothing.
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
  // Most calls of Watch at one time. A further one takes the place of one of the connection that has most,
  // unless its own has a fair part already; one of the two ends with RESOURCE_EXHAUSTED. Check stays.
  // (Clients that watch take that end for an unhealthy server: one of them must not do this to others.)
  static constexpr std::size_t kWatchersMax = 1000;

  // Knows the server as a whole and `services`, by their full names. Not serving at first. A connection that
  // watches is in use; `connections` outlives the service.
  HealthService(std::vector<std::string> services, const listener::ConnectionRegistry& connections);
  ~HealthService() override;

  // The state of all; watchers are told.
  void SetServing(bool now);

  // Ends every call of Watch, also those to come, with UNAVAILABLE.
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
  State StateOfAll() const;                    // REQUIRES: mutex_
  bool MakePlaceFor(const std::string& peer);  // REQUIRES: mutex_
  void Remove(Watcher* watcher);               // REQUIRES: mutex_; once or more often
  void Forget(Watcher* watcher);
  template <typename Visit>
  void VisitWatchers(Visit visit) const;  // REQUIRES: mutex_

  const std::vector<std::string> services_;
  const listener::ConnectionRegistry& connections_;
  std::mutex mutex_;  // guards what follows
  bool serving_ = false;
  bool ended_ = false;
  std::size_t count_ = 0;
  std::size_t alive_ = 0;  // and those whose place was taken, until they have heard of it
  std::map<std::string, std::set<Watcher*>> watchers_;  // by the connection's peer, as gRPC writes it
};

}  // namespace firstmile::rpc

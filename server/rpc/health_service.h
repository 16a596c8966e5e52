// grpc.health.v1.Health: whether calls are taken. gRPC's own bounds its watchers by nothing.
//
// Thread-safe. Outlives its server.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "grpc/health/v1/health.grpc.pb.h"

namespace firstmile::rpc {

class HealthService final : public grpc::health::v1::Health::CallbackService {
 public:
  // Most calls of Watch at one time; a further one ends with RESOURCE_EXHAUSTED. Check stays.
  static constexpr std::size_t kWatchersMax = 1000;

  // Knows the server as a whole and `services`, by their full names. Not serving at first.
  explicit HealthService(std::vector<std::string> services);
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
  State StateOfAll() const;  // REQUIRES: mutex_
  void Forget(Watcher* watcher);

  const std::vector<std::string> services_;
  std::mutex mutex_;  // guards what follows
  bool serving_ = false;
  bool ended_ = false;
  std::map<Watcher*, bool> watchers_;  // and whether the service is known, of which it hears
};

}  // namespace firstmile::rpc

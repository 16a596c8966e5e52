#include "app/grpc_server.h"

#include <grpc/support/time.h>
#include <grpcpp/resource_quota.h>
#include <malloc.h>

#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "app/listener_log.h"
#include "ops/resident_memory.h"

namespace firstmile::app {
namespace {

using Milliseconds = std::chrono::milliseconds;

void SetArgument(grpc::ServerBuilder& builder, const char* name, std::int64_t value) {
  builder.AddChannelArgument(
      name, static_cast<int>(std::min<std::int64_t>(value, std::numeric_limits<int>::max())));
}

void BoundConnections(const ConnectionSettings& settings, grpc::ServerBuilder& builder) {
  SetArgument(builder, GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, settings.handshake_timeout.count());
  SetArgument(builder, GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(settings.idle_max).count());
  SetArgument(builder, GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(settings.age_max).count());
  SetArgument(builder, GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, Milliseconds(settings.age_grace).count());
}

void BoundRequests(const GrpcServerOptions& options, grpc::ServerBuilder& builder) {
  SetArgument(builder, GRPC_ARG_MAX_CONCURRENT_STREAMS, options.concurrent_calls_per_connection);
  SetArgument(builder, GRPC_ARG_MAX_METADATA_SIZE, GrpcServer::kMetadataBytesMax);
  builder.SetMaxReceiveMessageSize(GrpcServer::kRequestBytesMax);
  // Windows that grow with a caller's speed would hold megabytes for each connection. A request is small.
  SetArgument(builder, GRPC_ARG_HTTP2_BDP_PROBE, 0);
  // A few bytes would become gigabytes. The answer is UNIMPLEMENTED.
  for (int algorithm = GRPC_COMPRESS_NONE + 1; algorithm < GRPC_COMPRESS_ALGORITHMS_COUNT; ++algorithm) {
    builder.SetCompressionAlgorithmSupportStatus(static_cast<grpc_compression_algorithm>(algorithm), false);
  }
  SetArgument(builder, GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  if (options.max_memory_bytes == 0) return;
  grpc::ResourceQuota quota("firstmiled");
  quota.Resize(static_cast<std::size_t>(options.max_memory_bytes));
  builder.SetResourceQuota(quota);
}

// An address as it was given, but with the port of its socket where the system chose it.
std::string AddressOf(const std::string& text, const listener::ListeningSocket& socket) {
  if (!absl::EndsWith(text, ":0")) return text;
  return absl::StrCat(text.substr(0, text.size() - 1), socket.address().port());
}

// So many connections may flood before any is closed for it, and others still get in.
constexpr int kEntrances = 8;

std::vector<listener::Handover::EntryPoint> EntrancesOf(const GrpcServer::Entrances& acceptors) {
  std::vector<listener::Handover::EntryPoint> entrances;
  for (const auto& acceptor : acceptors) {
    entrances.push_back([&acceptor = *acceptor](int fd, int listening_fd) {
      grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
      connection.fd = fd;
      connection.listener_fd = listening_fd;
      acceptor.HandleNewConnection(&connection);
    });
  }
  return entrances;
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    const std::vector<listener::ListenAddress>& addresses, const GrpcServerOptions& options,
    const std::vector<std::unique_ptr<grpc::Service>>& services, listener::ConnectionRegistry& registry,
    ops::Metrics& metrics) {
  std::unique_ptr<GrpcServer> started(new GrpcServer());
  std::vector<listener::ListeningSocket> sockets;
  for (const listener::ListenAddress& address : addresses) {
    absl::StatusOr<std::vector<listener::ListeningSocket>> opened = listener::ListeningSocket::Open(address);
    if (!opened.ok()) return opened.status();
    started->addresses_.push_back(AddressOf(address.text, opened->front()));
    for (listener::ListeningSocket& socket : *opened) sockets.push_back(std::move(socket));
  }
  started->health_ = std::make_unique<rpc::HealthService>(options.service_names, registry);
  grpc::ServerBuilder builder;
  BoundConnections(options.connections, builder);
  BoundRequests(options, builder);
  for (int i = 0; i < kEntrances; ++i) {
    started->entrances_.push_back(builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        grpc::InsecureServerCredentials()));
  }
  builder.RegisterService(started->health_.get());
  for (const auto& service : services) builder.RegisterService(service.get());
  started->server_ = builder.BuildAndStart();
  if (started->server_ == nullptr) return absl::UnavailableError("gRPC does not start");
  started->acceptor_ = std::make_unique<listener::Acceptor>(
      std::move(sockets),
      listener::AcceptorOptions{.bounds = options.connections.bounds,
                                .max_memory_bytes = options.max_memory_bytes,
                                .resident_bytes = ops::ResidentBytes,
                                .give_back_memory = [] { malloc_trim(0); }},
      registry);
  started->handover_ = std::make_unique<listener::Handover>(EntrancesOf(started->entrances_));
  listener::AcceptorEvents events = ListenerLog(metrics, options.connections.bounds);
  events.accepted = [&handover = *started->handover_](int fd, int listening_fd) {
    return handover.Give(fd, listening_fd);
  };
  started->acceptor_->Start(std::move(events));
  return started;
}

absl::Status GrpcServer::Probe(absl::Duration timeout) {
  if (absl::FromChrono(handover_->LongestWait()) > timeout) {
    return absl::UnavailableError("gRPC takes no new connection: all its entrances are busy");
  }
  return acceptor_->Probe(timeout);
}

GrpcServer::~GrpcServer() {
  if (acceptor_ != nullptr) Shutdown(Milliseconds(0));
}

void GrpcServer::Shutdown(Milliseconds grace) {
  acceptor_->StopListening();
  handover_->End();
  health_->EndWatchers();
  server_->Shutdown(
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(grace.count(), GPR_TIMESPAN)));
  server_->Wait();
}

}  // namespace firstmile::app

#include "app/sidecar.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "app/custody_log.h"
#include "app/custody_settings.h"
#include "app/grpc_server.h"
#include "app/listen_addresses.h"
#include "endpoints/endpoint_table.h"
#include "gateway/shards.h"
#include "limits/admission_gate.h"
#include "limits/fleet/redis_fleet_budget.h"
#include "ops/admin_server.h"
#include "ops/metrics.h"
#include "rpc/auth_service.h"
#include "rpc/diagnostics_service.h"
#include "rpc/first_mile_service.h"
#include "rpc/logistics_service.h"
#include "rpc/reflection_service.h"
#include "rpc/rpc_context.h"
#include "secrets/locked_memory.h"
#include "signing/signer.h"
#include "tokens/custody.h"
#include "tokens/custody_broadcast.h"

namespace firstmile::app {
namespace {

// The services of the contract. Health and reflection are not among them.
constexpr const char* kServices[] = {"firstmile.v1.AuthService", "firstmile.v1.DiagnosticsService",
                                     "firstmile.v1.FirstMileService", "firstmile.v1.LogisticsService"};

// Those whose rpcs are calls of the platform.
constexpr const char* kEndpointServices[] = {"firstmile.v1.FirstMileService",
                                             "firstmile.v1.LogisticsService"};

// Calls of one connection beyond those that a caller may have inside: they are on their way to be refused.
// Further ones wait at the caller, where they cost the sidecar no memory.
constexpr std::int64_t kRefusalsUnderWay = 1000;

// Threads that read large answers, and most answers that wait for them. Ordinary pages are read on their
// event loop; these are rare, and each may be as long as upstream.max_json_bytes.
constexpr int kAnswerThreads = 2;
constexpr std::size_t kAnswersWaitingMax = 32;

// The part of the memory that large answers may take. Each lies there up to twice: as a message and as
// gRPC's bytes of it.
constexpr std::int64_t kMemoryForAnswers = 4;

// Waiting calls of CheckSignature and ListShops together. One takes milliseconds; ten seconds' worth at most.
constexpr std::size_t kQueriesWaitingMax = 64;

// Within the second that probes have by default.
constexpr absl::Duration kProbeTimeout = absl::Milliseconds(500);

std::vector<std::string> ReflectedServices() {
  std::vector<std::string> names(std::begin(kServices), std::end(kServices));
  names.insert(names.end(), {"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                             "grpc.reflection.v1alpha.ServerReflection"});
  return names;
}

absl::StatusOr<endpoints::EndpointTable> ReadContract() {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const char* name : kEndpointServices) {
    services.push_back(google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name));
  }
  return endpoints::EndpointTable::Build(services);
}

// As endpoints and services name them, in logs and errors too.
std::vector<std::string> OperationNames() {
  std::vector<std::string> names;
  for (const char* name : kServices) {
    const google::protobuf::ServiceDescriptor& service =
        *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; i < service.method_count(); ++i) {
      names.push_back(absl::StrCat(service.name(), "/", service.method(i)->name()));
    }
  }
  return names;
}

absl::StatusOr<std::unique_ptr<tokens::TokenStore>> OpenCustodyStore(const StoreSettings& settings) {
  absl::StatusOr<std::unique_ptr<tokens::TokenStore>> store = OpenStore(settings);
  if (!store.ok()) return store.status();
  if (settings.durable()) {
    if (absl::Status seals = CheckSeals(**store, settings.keys); !seals.ok()) return seals;
  }
  return store;
}

std::int64_t AnswerMemory(const limits::AdmissionOptions& admission) {
  return admission.memory_max_bytes / kMemoryForAnswers;
}

// The limits of the configuration are the process's; every loop gets its share.
gateway::ShardOptions ShareOfLoop(const Settings& settings) {
  gateway::ShardOptions options{settings.transport, settings.gateway, settings.limits};
  const auto loops = static_cast<std::size_t>(settings.event_loops);
  options.transport.connections_max = std::max<std::size_t>(1, options.transport.connections_max / loops);
  // What does not fit into the memory of all answers would be asked for again and again.
  const auto memory = static_cast<std::size_t>(AnswerMemory(settings.limits.admission));
  if (memory != 0) options.transport.body_bytes_max = std::min(options.transport.body_bytes_max, memory);
  options.transport.queue_max = (options.transport.queue_max + loops - 1) / loops;
  limits::QueueOptions& queue = options.limits.limiter.queue;
  queue.queued_max = (queue.queued_max + loops - 1) / loops;
  return options;
}

absl::StatusOr<GrpcServerOptions> ServerOptions(const Settings& settings,
                                                const std::vector<listener::ListenAddress>& listen) {
  const limits::AdmissionOptions& admission = settings.limits.admission;
  const bool unix_socket = absl::c_any_of(
      listen, [](const listener::ListenAddress& address) { return absl::StartsWith(address.text, "unix:"); });
  GrpcServerOptions options{.connections = settings.connections,
                            .memory_max_bytes = admission.memory_max_bytes,
                            .service_names = {std::begin(kServices), std::end(kServices)}};
  options.concurrent_calls_per_connection =
      (unix_socket ? admission.calls_max : admission.calls_max_per_caller) + kRefusalsUnderWay;
  absl::Status fits =
      FitToDescriptors(DescriptorLimit(), settings.transport.connections_max, &options.connections.bounds);
  if (!fits.ok()) return fits;
  return options;
}

void WarnOfListener(const std::vector<listener::ListenAddress>& listen, std::size_t connections_wanted,
                    std::size_t connections_max) {
  for (const listener::ListenAddress& address : listen) {
    if (!ReachesBeyondThisMachine(address)) continue;
    ops::LogEvent(ops::LogLevel::kWarning, "anyone_may_call",
                  absl::StrCat(address.text,
                               " is not loopback: whoever reaches it may call for every shop "
                               "(allow_anyone)"));
  }
  if (connections_max == connections_wanted) return;
  ops::LogEvent(ops::LogLevel::kWarning, "connections_bounded",
                absl::StrCat("the limit of open files leaves ", connections_max, " of ", connections_wanted,
                             " connections (connections.max_connections)"));
}

void LogClockCorrection(absl::Duration correction) {
  ops::LogEvent(
      ops::LogLevel::kWarning, "clock_corrected",
      absl::StrCat("the platform's clock differs from this machine's by ", absl::FormatDuration(correction),
                   "; calls are signed with the platform's time"));
}

}  // namespace

// Members in the order of their arrows: each uses only those above it, and is freed before them.
class Sidecar::Rooms {
 public:
  Rooms(Settings settings, endpoints::EndpointTable table, std::unique_ptr<tokens::TokenStore> store)
      : drain_timeout(settings.drain_timeout),
        lame_duck(settings.lame_duck),
        endpoints(std::move(table)),
        signer(settings.partner_id, std::move(settings.partner_key),
               [this](absl::Duration correction) {
                 LogClockCorrection(correction);
                 metrics.CountClockCorrection(correction);
               }),
        gate(settings.limits.admission, clock),
        metrics(OperationNames()),
        custody_log(custody_events, LogCustodyEvent),
        custody_metrics(custody_events,
                        [this](tokens::Transition transition, const tokens::TokenRecord&, absl::string_view) {
                          metrics.CountTokenTransition(tokens::NameOf(transition));
                        }),
        custody(std::move(store),
                settings.store.durable() ? std::move(settings.store.keys) : tokens::EphemeralSealingKeys(),
                std::move(settings.custody), custody_events, signer),
        fleet(MakeFleetBudget(settings)),
        answer_threads(kAnswerThreads, kAnswersWaitingMax),
        answer_memory(AnswerMemory(settings.limits.admission)),
        shards(settings.event_loops, ShareOfLoop(settings),
               {.clock = clock,
                .custody = custody.context(),
                .metrics = metrics,
                .answer_threads = answer_threads,
                .answer_memory = &answer_memory,
                .fleet = fleet.get()}),
        rpc{.endpoints = endpoints,
            .shards = shards,
            .clock = clock,
            .gate = gate,
            .metrics = metrics,
            .query_threads = query_threads,
            .flows = settings.flows,
            .connections = &connections,
            .default_deadline = settings.default_deadline,
            .stream_shops_in_parallel = settings.stream_shops_in_parallel},
        auth{.rpc = rpc,
             .custody = custody.context(),
             .events = custody_events,
             .redirect_url = settings.redirect_url,
             .draining = draining.get_token()} {
    shards.StartKeepers(settings.keeper);
    services.push_back(rpc::MakeFirstMileService(rpc));
    services.push_back(rpc::MakeLogisticsService(rpc));
    services.push_back(rpc::MakeAuthService(auth));
    services.push_back(rpc::MakeDiagnosticsService(rpc, custody.context()));
    if (!settings.reflection) return;
    for (auto& version : rpc::MakeReflectionServices(ReflectedServices()))
      services.push_back(std::move(version));
  }

  std::unique_ptr<limits::FleetBudget> MakeFleetBudget(const Settings& settings);
  absl::Status Serve(const std::vector<listener::ListenAddress>& listen, const GrpcServerOptions& options);
  absl::Status ServeMetrics(const std::string& address);  // empty: not served
  void SetServing(bool now);
  absl::Status Ready();

  const std::chrono::milliseconds drain_timeout;
  const std::chrono::milliseconds lame_duck;
  const transport::SystemClock clock;
  const endpoints::EndpointTable endpoints;
  const signing::Signer signer;
  limits::AdmissionGate gate;
  ops::Metrics metrics;
  tokens::CustodyBroadcast custody_events;
  const tokens::CustodyBroadcast::Subscription custody_log;
  const tokens::CustodyBroadcast::Subscription custody_metrics;
  tokens::Custody custody;
  const std::unique_ptr<limits::FleetBudget> fleet;  // null: limits are learned alone
  transport::BlockingThreads answer_threads;
  transport::ByteBudget answer_memory;
  gateway::Shards shards;
  transport::BlockingThreads query_threads{1, kQueriesWaitingMax};
  listener::ConnectionRegistry connections;
  const rpc::RpcContext rpc;
  std::stop_source draining;
  const rpc::AuthContext auth;
  std::vector<std::unique_ptr<grpc::Service>> services;
  std::unique_ptr<GrpcServer> server;
  std::atomic<bool> serving = false;
  std::unique_ptr<ops::AdminServer> admin;  // null: metrics are not served
};

std::unique_ptr<limits::FleetBudget> Sidecar::Rooms::MakeFleetBudget(const Settings& settings) {
  const auto* redis = std::get_if<redis::Options>(&settings.store.where);
  if (redis == nullptr || !settings.share_limits) return nullptr;
  return std::make_unique<limits::RedisFleetBudget>(
      settings.limits.limiter.fleet, *redis, [this](const absl::Status& status) {
        if (!status.ok()) metrics.CountFleetOutage();
        ops::LogEvent(status.ok() ? ops::LogLevel::kInfo : ops::LogLevel::kWarning, "fleet_limits",
                      status.ok() ? "limits are shared again"
                                  : absl::StrCat("limits are not shared: ", std::string(status.message())));
      });
}

absl::Status Sidecar::Rooms::Serve(const std::vector<listener::ListenAddress>& listen,
                                   const GrpcServerOptions& options) {
  auto started = GrpcServer::Start(listen, options, services, connections, metrics);
  if (!started.ok()) return started.status();
  server = *std::move(started);
  SetServing(true);
  return absl::OkStatus();
}

absl::Status Sidecar::Rooms::ServeMetrics(const std::string& address) {
  if (address.empty()) return absl::OkStatus();
  auto started = ops::AdminServer::Start(
      address, {.metrics = [this] { return metrics.Text(); }, .ready = [this] { return Ready(); }});
  if (!started.ok()) return started.status();
  admin = *std::move(started);
  ops::LogEvent(ops::LogLevel::kInfo, "metrics", admin->address());
  return absl::OkStatus();
}

void Sidecar::Rooms::SetServing(bool now) {
  serving = now;
  server->SetServing(now);
}

absl::Status Sidecar::Rooms::Ready() {
  return serving ? server->Probe(kProbeTimeout) : absl::UnavailableError("draining");
}

namespace {

void LogSecretMemory() {
  const std::size_t locked = secrets::LockedBytes();
  if (locked == 0) {
    return ops::LogEvent(ops::LogLevel::kWarning, "secret_memory",
                         "keys and tokens may be swapped to a disk: no memory may be locked; raise the limit "
                         "(LimitMEMLOCK=, ulimit -l) or grant CAP_IPC_LOCK");
  }
  ops::LogEvent(
      ops::LogLevel::kInfo, "secret_memory",
      absl::StrCat("up to ", locked >> 10, " KiB of keys and tokens lie in memory that is never swapped"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sidecar>> Sidecar::Start(Settings settings) {
  absl::StatusOr<std::vector<listener::ListenAddress>> listen =
      ResolveListenAddresses(settings.listen, settings.allow_anyone);
  if (!listen.ok()) return listen.status();
  absl::StatusOr<GrpcServerOptions> server = ServerOptions(settings, *listen);
  if (!server.ok()) return server.status();
  absl::StatusOr<endpoints::EndpointTable> table = ReadContract();
  if (!table.ok()) return table.status();
  absl::StatusOr<std::unique_ptr<tokens::TokenStore>> store = OpenCustodyStore(settings.store);
  if (!store.ok()) return store.status();
  const std::vector<std::string> warnings = StoreWarnings(**store, settings.store);
  const bool readable_key_files = settings.readable_key_files;
  const std::string metrics_listen = settings.metrics_listen;
  const std::size_t connections_wanted = settings.connections.bounds.connections_max;
  auto rooms = std::make_unique<Rooms>(std::move(settings), *std::move(table), *std::move(store));
  if (absl::Status served = rooms->Serve(*listen, *server); !served.ok()) return served;
  if (absl::Status shown = rooms->ServeMetrics(metrics_listen); !shown.ok()) return shown;
  // Not earlier: a start that fails says why in one line.
  for (const std::string& warning : warnings) {
    ops::LogEvent(ops::LogLevel::kWarning, "token_store", warning);
  }
  if (readable_key_files) {
    ops::LogEvent(ops::LogLevel::kWarning, "key_files",
                  "allow_readable_key_files: files with keys and tokens are taken whoever may read them");
  }
  LogSecretMemory();
  WarnOfListener(*listen, connections_wanted, server->connections.bounds.connections_max);
  return std::unique_ptr<Sidecar>(new Sidecar(std::move(rooms)));
}

Sidecar::Sidecar(std::unique_ptr<Rooms> rooms) : rooms_(std::move(rooms)) {}

Sidecar::~Sidecar() = default;

const std::vector<std::string>& Sidecar::addresses() const {
  return rooms_->server->addresses();
}

std::string Sidecar::admin_address() const {
  return rooms_->admin != nullptr ? rooms_->admin->address() : "";
}

void Sidecar::Drain() {
  rooms_->SetServing(false);
  std::this_thread::sleep_for(rooms_->lame_duck);
  rooms_->draining.request_stop();
  rooms_->server->Shutdown(rooms_->drain_timeout);
}

}  // namespace firstmile::app

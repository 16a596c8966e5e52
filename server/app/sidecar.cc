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
#include "app/grpc_server.h"
#include "app/listen_addresses.h"
#include "app/memory_parts.h"
#include "app/token_log.h"
#include "app/token_settings.h"
#include "endpoints/endpoint_table.h"
#include "gateway/shards.h"
#include "limits/admission_gate.h"
#include "ops/admin_server.h"
#include "ops/metrics.h"
#include "rpc/auth_service.h"
#include "rpc/contract_service.h"
#include "rpc/diagnostics_service.h"
#include "rpc/flow_service.h"
#include "rpc/reflection_service.h"
#include "rpc/rpc_context.h"
#include "secrets/locked_memory.h"
#include "signing/signer.h"
#include "tokens/token_backend.h"
#include "tokens/token_event_broadcast.h"

namespace firstmile::app {
namespace {

// The services of the contract. Health and reflection are not among them.
constexpr const char* kAuthService = "firstmile.v1.AuthService";
constexpr const char* kDiagnosticsService = "firstmile.v1.DiagnosticsService";
constexpr const char* kFlowService = "firstmile.v1.FlowService";
constexpr const char* kServices[] = {kAuthService,
                                     kDiagnosticsService,
                                     kFlowService,
                                     "firstmile.v1.AccountHealthService",
                                     "firstmile.v1.FirstMileService",
                                     "firstmile.v1.LogisticsService",
                                     "firstmile.v1.MerchantService",
                                     "firstmile.v1.OrderService",
                                     "firstmile.v1.PlatformPushService",
                                     "firstmile.v1.ShopService"};

// Calls of one connection beyond those that a caller may have inside: they are on their way to be refused.
// Further ones wait at the caller, where they cost the sidecar no memory.
constexpr std::int64_t kRefusalsUnderWay = 1000;

// Threads that read large answers, and most answers that wait for them. Ordinary pages are read on their
// event loop; these are rare, and each may be as long as upstream.max_json_bytes.
constexpr int kAnswerThreads = 2;
constexpr std::size_t kAnswersWaitingMax = 32;

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

endpoints::EndpointTable ReadContract() {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const char* name : kServices) services.push_back(&rpc::ServiceNamed(name));
  return endpoints::EndpointTable::CompiledAtFirstUse(services);
}

// As endpoints and services name them, in logs and errors too.
std::vector<std::string> OperationNames() {
  std::vector<std::string> names;
  for (const char* name : kServices) {
    const google::protobuf::ServiceDescriptor& service = rpc::ServiceNamed(name);
    for (int i = 0; i < service.method_count(); ++i) {
      names.push_back(absl::StrCat(service.name(), "/", service.method(i)->name()));
    }
  }
  return names;
}

absl::StatusOr<std::unique_ptr<tokens::TokenStore>> OpenTokenStore(const StoreSettings& settings) {
  absl::StatusOr<std::unique_ptr<tokens::TokenStore>> store = OpenStore(settings);
  if (!store.ok()) return store.status();
  if (settings.durable()) {
    if (absl::Status encrypts = CheckDecryption(**store, settings); !encrypts.ok()) return encrypts;
  }
  return store;
}

// So many shops can share the connections of a loop, whatever each of them does.
constexpr int kShopsAtLeast = 4;

// There is one connection for files for so many connections for other calls.
constexpr std::size_t kCallsForAFile = 4;

std::size_t CallConnectionsOfLoop(const Settings& settings) {
  return std::max<std::size_t>(
      1, settings.upstream_connections_max / static_cast<std::size_t>(settings.event_loops));
}

std::size_t FileConnectionsOfLoop(const Settings& settings) {
  return std::max<std::size_t>(1, CallConnectionsOfLoop(settings) / kCallsForAFile);
}

void ShareConnections(std::size_t connections, limits::LimiterOptions* limiter) {
  limiter->connections_max = connections;
  limiter->in_flight_per_shop =
      std::min(limiter->in_flight_per_shop, std::max(1, static_cast<int>(connections) / kShopsAtLeast));
}

// The limits of the configuration are the process's; every loop gets its share. A shop lives on one loop.
gateway::ShardOptions ShareOfLoop(const Settings& settings) {
  gateway::ShardOptions options{settings.transport, settings.gateway, settings.limits};
  const auto loops = static_cast<std::size_t>(settings.event_loops);
  limits::LimiterOptions& limiter = options.limits.limiter;
  limiter.queue.queued_max = (limiter.queue.queued_max + loops - 1) / loops;
  options.limits.file_limiter = limiter;
  ShareConnections(CallConnectionsOfLoop(settings), &limiter);
  ShareConnections(FileConnectionsOfLoop(settings), &options.limits.file_limiter);
  options.transport.idle_connections_max =
      limiter.connections_max + options.limits.file_limiter.connections_max + tokens::kTokenCallsMax;
  // What does not fit into the memory of all answers would be asked for again and again.
  const auto memory = static_cast<std::size_t>(MemoryForAnswers(settings.max_memory_bytes));
  if (memory != 0) options.transport.body_bytes_max = std::min(options.transport.body_bytes_max, memory);
  return options;
}

// For calls of shops, for files and for tokens, at most.
std::size_t UpstreamConnections(const Settings& settings) {
  const auto loops = static_cast<std::size_t>(settings.event_loops);
  return settings.upstream_connections_max +
         (FileConnectionsOfLoop(settings) + tokens::kTokenCallsMax) * loops;
}

absl::StatusOr<GrpcServerOptions> ServerOptions(const Settings& settings,
                                                const std::vector<listener::ListenAddress>& listen) {
  const limits::AdmissionOptions& admission = settings.limits.admission;
  const bool unix_socket = absl::c_any_of(
      listen, [](const listener::ListenAddress& address) { return absl::StartsWith(address.text, "unix:"); });
  GrpcServerOptions options{
      .connections = settings.connections,
      .max_memory_bytes = MemoryBeforeHostileConnectionsClose(settings.max_memory_bytes),
      .service_names = {std::begin(kServices), std::end(kServices)}};
  options.concurrent_calls_per_connection =
      (unix_socket ? admission.calls_max : admission.calls_max_per_caller) + kRefusalsUnderWay;
  absl::Status fits =
      FitToDescriptors(DescriptorLimit(), UpstreamConnections(settings), &options.connections.bounds);
  if (!fits.ok()) return fits;
  return options;
}

void WarnOfListener(const std::vector<listener::ListenAddress>& listen, std::size_t connections_wanted,
                    std::size_t connections_max) {
  for (const listener::ListenAddress& address : listen) {
    if (!ReachesBeyondThisMachine(address)) continue;
    ops::LogEvent(ops::LogLevel::kWarning, "anyone_may_call",
                  absl::StrCat(address.text,
                               " is not loopback: everyone who reaches it may call for every shop "
                               "(allow_anyone)"));
  }
  if (connections_max == connections_wanted) return;
  ops::LogEvent(ops::LogLevel::kWarning, "connections_bounded",
                absl::StrCat("the limit of open files leaves ", connections_max, " of ", connections_wanted,
                             " connections (connections.max_connections)"));
}

void LogClockCorrection(absl::Duration correction) {
  ops::LogEvent(ops::LogLevel::kWarning, "clock_corrected",
                absl::StrCat("Shopee's clock differs from this machine's by ",
                             absl::FormatDuration(correction), "; calls are signed with Shopee's time"));
}

}  // namespace

// Members in the order of their dependencies: each uses only those above it, and is destroyed before them.
class Sidecar::Modules {
 public:
  Modules(Settings settings, std::unique_ptr<tokens::TokenStore> store)
      : drain_timeout(settings.drain_timeout),
        lame_duck(settings.lame_duck),
        endpoints(ReadContract()),
        signer(settings.partner_id, std::move(settings.partner_key),
               [this](absl::Duration correction) {
                 LogClockCorrection(correction);
                 metrics.CountClockCorrection(correction);
               }),
        gate(settings.limits.admission),
        metrics(OperationNames()),
        token_log(token_events, LogTokenEvent),
        token_metrics(token_events,
                      [this](tokens::TokenEvent event, const tokens::TokenRecord&, absl::string_view) {
                        metrics.CountTokenEvent(tokens::NameOf(event));
                      }),
        token_backend(
            std::move(store),
            settings.store.durable() ? std::move(settings.store.keys) : tokens::EphemeralEncryptionKeys(),
            std::move(settings.tokens), token_events, signer),
        answer_threads(kAnswerThreads, kAnswersWaitingMax),
        answer_memory(MemoryForAnswers(settings.max_memory_bytes)),
        shards(settings.event_loops, ShareOfLoop(settings),
               {.clock = clock,
                .tokens = token_backend.context(),
                .metrics = metrics,
                .answer_threads = answer_threads,
                .answer_memory = &answer_memory}),
        rpc{.endpoints = endpoints,
            .shards = shards,
            .clock = clock,
            .gate = gate,
            .metrics = metrics,
            .query_threads = query_threads,
            .read_back = settings.read_back,
            .connections = &connections,
            .default_deadline = settings.default_deadline,
            .stream_shops_in_parallel = settings.stream_shops_in_parallel},
        auth{.rpc = rpc,
             .tokens = token_backend.context(),
             .events = token_events,
             .redirect_url = settings.redirect_url,
             .draining = draining.get_token()} {
    shards.StartRefreshSchedulers(settings.refresh_scheduler);
    AddServices();
    if (!settings.reflection) return;
    for (auto& version : rpc::MakeReflectionServices(ReflectedServices()))
      services.push_back(std::move(version));
  }

  void AddServices();
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
  tokens::TokenEventBroadcast token_events;
  const tokens::TokenEventBroadcast::Subscription token_log;
  const tokens::TokenEventBroadcast::Subscription token_metrics;
  tokens::TokenBackend token_backend;
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

void Sidecar::Modules::AddServices() {
  services.push_back(rpc::MakeAuthService(auth));
  services.push_back(rpc::MakeDiagnosticsService(rpc, token_backend.context()));
  services.push_back(rpc::MakeFlowService(rpc));
  for (const char* name : kServices) {
    if (name == kAuthService || name == kDiagnosticsService || name == kFlowService) continue;
    services.push_back(std::make_unique<rpc::ContractService>(rpc, rpc::ServiceNamed(name)));
  }
}

absl::Status Sidecar::Modules::Serve(const std::vector<listener::ListenAddress>& listen,
                                     const GrpcServerOptions& options) {
  auto started = GrpcServer::Start(listen, options, services, connections, metrics);
  if (!started.ok()) return started.status();
  server = *std::move(started);
  SetServing(true);
  return absl::OkStatus();
}

absl::Status Sidecar::Modules::ServeMetrics(const std::string& address) {
  if (address.empty()) return absl::OkStatus();
  auto started = ops::AdminServer::Start(
      address, {.metrics = [this] { return metrics.Text(); }, .ready = [this] { return Ready(); }});
  if (!started.ok()) return started.status();
  admin = *std::move(started);
  ops::LogEvent(ops::LogLevel::kInfo, "metrics_listening", admin->address());
  return absl::OkStatus();
}

void Sidecar::Modules::SetServing(bool now) {
  serving = now;
  server->SetServing(now);
}

absl::Status Sidecar::Modules::Ready() {
  return serving ? server->Probe(kProbeTimeout) : absl::UnavailableError("draining");
}

namespace {

void LogSecretMemory() {
  const std::size_t locked = secrets::LockedBytes();
  if (locked == 0) {
    return ops::LogEvent(
        ops::LogLevel::kWarning, "secret_memory",
        "keys and tokens may be swapped to disk, since no memory could be locked; raise the limit "
        "(LimitMEMLOCK=, ulimit -l) or grant CAP_IPC_LOCK");
  }
  ops::LogEvent(
      ops::LogLevel::kInfo, "secret_memory",
      absl::StrCat("up to ", locked >> 10, " KiB of keys and tokens are in memory that is never swapped"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sidecar>> Sidecar::Start(Settings settings) {
  absl::StatusOr<std::vector<listener::ListenAddress>> listen =
      ResolveListenAddresses(settings.listen, settings.allow_anyone);
  if (!listen.ok()) return listen.status();
  absl::StatusOr<GrpcServerOptions> server = ServerOptions(settings, *listen);
  if (!server.ok()) return server.status();
  absl::StatusOr<std::unique_ptr<tokens::TokenStore>> store = OpenTokenStore(settings.store);
  if (!store.ok()) return store.status();
  const std::vector<std::string> warnings = StoreWarnings(**store, settings.store);
  const bool readable_key_files = settings.readable_key_files;
  const std::string metrics_listen = settings.metrics_listen;
  const std::size_t connections_wanted = settings.connections.bounds.connections_max;
  auto modules = std::make_unique<Modules>(std::move(settings), *std::move(store));
  if (absl::Status served = modules->Serve(*listen, *server); !served.ok()) return served;
  if (absl::Status shown = modules->ServeMetrics(metrics_listen); !shown.ok()) return shown;
  // Not earlier: a start that fails says why in one line.
  for (const std::string& warning : warnings) {
    ops::LogEvent(ops::LogLevel::kWarning, "token_store_not_durable", warning);
  }
  if (readable_key_files) {
    ops::LogEvent(ops::LogLevel::kWarning, "key_files",
                  "allow_readable_key_files: files with keys and tokens are accepted although other users "
                  "may read them");
  }
  LogSecretMemory();
  WarnOfListener(*listen, connections_wanted, server->connections.bounds.connections_max);
  return std::unique_ptr<Sidecar>(new Sidecar(std::move(modules)));
}

Sidecar::Sidecar(std::unique_ptr<Modules> modules) : modules_(std::move(modules)) {}

Sidecar::~Sidecar() = default;

const std::vector<std::string>& Sidecar::addresses() const {
  return modules_->server->addresses();
}

std::string Sidecar::admin_address() const {
  return modules_->admin != nullptr ? modules_->admin->address() : "";
}

void Sidecar::Drain() {
  modules_->SetServing(false);
  std::this_thread::sleep_for(modules_->lame_duck);
  modules_->draining.request_stop();
  modules_->server->Shutdown(modules_->drain_timeout);
}

}  // namespace firstmile::app

// The dependencies of every rpc, built once by the composition root.
//
// Immutable after construction; its references are thread-safe and outlive the server.
#pragma once

#include <chrono>

#include "endpoints/endpoint_table.h"
#include "gateway/shards.h"
#include "limits/admission_gate.h"
#include "listener/connection_calls.h"
#include "ops/metrics.h"
#include "read_back/call_with_read_back.h"
#include "transport/blocking_threads.h"

namespace firstmile::rpc {

struct RpcContext {
  const endpoints::EndpointTable& endpoints;
  gateway::Shards& shards;
  const transport::Clock& clock;
  limits::AdmissionGate& gate;
  ops::Metrics& metrics;
  // Threads with a short queue for queries that no call to Shopee waits for: CheckSignature and ListShops
  // would delay refreshes on the store's threads.
  transport::BlockingThreads& query_threads;
  read_back::ReadBackOptions read_back;

  // Counts each connection's calls. May be null.
  listener::ConnectionRegistry* connections = nullptr;

  // For a unary call or a file whose client sets no deadline.
  std::chrono::milliseconds default_deadline{30000};

  // Shops of one stream that are read in parallel.
  int stream_shops_in_parallel = 128;
};

}  // namespace firstmile::rpc

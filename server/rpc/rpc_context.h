// What every rpc needs, gathered once by the composition root.
//
// Immutable after construction; the things it refers to are thread-safe and outlive the server.
#pragma once

#include <chrono>

#include "endpoints/endpoint_table.h"
#include "flows/verified_call.h"
#include "gateway/shards.h"
#include "limits/admission_gate.h"
#include "listener/connection_calls.h"
#include "ops/metrics.h"
#include "transport/blocking_threads.h"

namespace firstmile::rpc {

struct RpcContext {
  const endpoints::EndpointTable& endpoints;
  gateway::Shards& shards;
  const transport::Clock& clock;
  limits::AdmissionGate& gate;
  ops::Metrics& metrics;
  // For what callers ask and no call to the platform waits for, with a short queue: CheckSignature and
  // ListShops would hold up the refreshes on the store's threads.
  transport::BlockingThreads& query_threads;
  flows::VerifiedCallOptions flows;

  // Which calls run on which connection is told here. Null: nobody wants to know.
  listener::ConnectionRegistry* connections = nullptr;

  // For a unary call or a file whose caller gives no deadline.
  std::chrono::milliseconds default_deadline{30000};

  // Shops of one stream that are read side by side.
  int stream_shops_in_parallel = 8;
};

}  // namespace firstmile::rpc

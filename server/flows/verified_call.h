// One call of the contract whose end is told truly: a write in doubt is read back.
//
// Functions for the loop of the shop.
#pragma once

#include "endpoints/endpoint_table.h"
#include "gateway/gateway.h"
#include "transport/event_loop.h"

namespace firstmile::flows {

struct VerifiedCallOptions {
  // Between the look that finds nothing of a write and the last one. The platform may still be at work when
  // the connection has broken.
  absl::Duration settle_pause = absl::Seconds(1);
};

// What the flows of a loop work with.
struct FlowContext {
  gateway::Gateway& gateway;
  transport::EventLoop& loop;
  const endpoints::EndpointTable& endpoints;
  const VerifiedCallOptions& options;
  ops::Metrics& metrics;
};

// As Gateway::Call. A write that ends in doubt while there is time left is looked for in the platform's
// state: what is found there fills the response and the call succeeds; when nothing is found at two looks the
// call fails with WRITE_NOT_CARRIED_OUT, or stays in doubt when the platform may still be at work. Everything
// referred to outlives the task.
async::Task<gateway::CallReport> VerifiedCall(FlowContext flow, const endpoints::Endpoint& endpoint,
                                              const google::protobuf::Message& request,
                                              google::protobuf::Message* response,
                                              gateway::CallContext context);

}  // namespace firstmile::flows

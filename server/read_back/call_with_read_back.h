// Makes one call; reads Shopee's state back after a write with an unknown outcome.
//
// For the shop's loop.
#pragma once

#include "endpoints/endpoint_table.h"
#include "gateway/gateway.h"
#include "transport/event_loop.h"

namespace firstmile::read_back {

struct ReadBackOptions {
  // The delay between the first check that finds no effect and the second. Shopee may still be working when
  // the connection breaks.
  absl::Duration read_back_delay = absl::Seconds(1);
};

// The read-back's dependencies on one loop.
struct ReadBackContext {
  gateway::Gateway& gateway;
  transport::EventLoop& loop;
  const endpoints::EndpointTable& endpoints;
  const ReadBackOptions& options;
  ops::Metrics& metrics;
};

// Like Gateway::Call. If a write ends with an unknown outcome and time is left, reads Shopee's state. An
// effect found there fills the response, and the call succeeds. If two checks find no effect, the call fails
// with WRITE_NOT_APPLIED, or keeps its unknown outcome when Shopee may still be working. Elements of a batch
// that failed from an outage of Shopee, or that its answer leaves out, are read back in the same way. All
// references outlive the task.
async::Task<gateway::CallReport> CallWithReadBack(ReadBackContext flow, const endpoints::Endpoint& endpoint,
                                                  const google::protobuf::Message& request,
                                                  google::protobuf::Message* response,
                                                  gateway::CallContext context);

}  // namespace firstmile::read_back

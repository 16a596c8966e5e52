// What a call for several orders says about each of them.
//
// Pure functions; safe from any thread.
#pragma once

#include "firstmile/v1/common.pb.h"
#include "firstmile/v1/flow_orders.pb.h"
#include "gateway/call_report.h"

namespace firstmile::flows {

using OrderKeys = google::protobuf::RepeatedPtrField<v1::OrderKey>;

// Gives every order of a call that failed as a whole the call's failure. After an unknown outcome their state
// is UNKNOWN, otherwise FAILED.
void FailAll(const OrderKeys& orders, const gateway::CallReport& report, v1::FlowCall* call);

// Counts an ended call and its orders.
void Count(const v1::FlowCall& call, const gateway::CallReport& report, v1::FlowCounts* counts);

}  // namespace firstmile::flows

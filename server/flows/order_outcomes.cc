#include "flows/order_outcomes.h"

#include "errors/failure.h"

namespace firstmile::flows {
namespace {

bool IsUnknown(const gateway::CallReport& report) {
  return report.unknown_outcome != gateway::UnknownOutcome::kNone &&
         report.read_back != gateway::ReadBack::kNotApplied;
}

}  // namespace

void FailAll(const OrderKeys& orders, const gateway::CallReport& report, v1::FlowCall* call) {
  *call->mutable_failure() = errors::FailureOf(report.status);
  const v1::OutcomeState state = IsUnknown(report) ? v1::OUTCOME_STATE_UNKNOWN : v1::OUTCOME_STATE_FAILED;
  for (const v1::OrderKey& order : orders) {
    v1::OrderOutcome& outcome = *call->add_outcomes();
    outcome.set_order_sn(order.order_sn());
    outcome.set_package_number(order.package_number());
    outcome.set_state(state);
    *outcome.mutable_failure() = call->failure();
  }
}

void Count(const v1::FlowCall& call, const gateway::CallReport& report, v1::FlowCounts* counts) {
  if (call.has_failure() && report.attempts == 0) {
    counts->set_not_tried(counts->not_tried() + call.outcomes_size());
    return;
  }
  counts->set_calls(counts->calls() + 1);
  for (const v1::OrderOutcome& outcome : call.outcomes()) {
    if (outcome.state() == v1::OUTCOME_STATE_SUCCEEDED) {
      counts->set_succeeded(counts->succeeded() + 1);
    } else if (outcome.state() == v1::OUTCOME_STATE_FAILED) {
      counts->set_refused(counts->refused() + 1);
    } else {
      counts->set_unknown(counts->unknown() + 1);
    }
  }
}

}  // namespace firstmile::flows

// What callers read of a write, or of an element of one, after its state was read back.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>

#include "firstmile/v1/failure.pb.h"
#include "gateway/call_report.h"
#include "google/rpc/status.pb.h"
#include "read_back/read_back_result.h"

namespace firstmile::read_back {

// A warning of a response whose outcomes were read from the state.
inline constexpr char kOutcomesReadAfterLoss[] =
    "Shopee's answer to this call was lost; the outcomes were read back from its state.";

// A warning of a response that was filled from the state.
inline constexpr char kReadAfterLoss[] =
    "Shopee's answer to this call was lost; what it did was read back from Shopee's state.";

// The write took effect; `response` gets the warning.
template <typename Response>
ReadBackResult Found(Response* response) {
  response->mutable_header()->add_warnings()->set_text(kReadAfterLoss);
  return {.kind = ReadBackResult::Kind::kSomething};
}

// WRITE_NOT_APPLIED: the write that ended with `report` had no effect.
google::rpc::Status NotApplied(const gateway::CallReport& report, const std::string& operation);

// WRITE_OUTCOME_UNKNOWN: the deadline passed while its state was read.
google::rpc::Status NotReadInTime(const std::string& operation);

// The same of an element. What Shopee said of it stays in the message.
void SetFailureNotApplied(v1::Failure* failure);
void SetFailureUnknown(v1::Failure* failure);

}  // namespace firstmile::read_back

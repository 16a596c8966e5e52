// What the states of documents say about their making, for packages and bookings alike.
//
// A pure function; safe from any thread.
#pragma once

#include "firstmile/v1/common.pb.h"
#include "firstmile/v1/error_reason.pb.h"
#include "firstmile/v1/logistics_document_status.pb.h"
#include "read_back/read_back_result.h"
#include "read_back/read_back_texts.h"

namespace firstmile::read_back {

enum class DocumentSight { kMade, kNotMade, kUnclear };

// A document that failed may have failed before this call, which would then not have been carried out.
template <typename Outcome>
DocumentSight SightOfDocument(const Outcome& outcome) {
  if (outcome.status() == v1::SHIPPING_DOCUMENT_STATUS_READY ||
      outcome.status() == v1::SHIPPING_DOCUMENT_STATUS_PROCESSING) {
    return DocumentSight::kMade;
  }
  const bool none =
      outcome.status_raw().empty() && outcome.failure().reason() == v1::ERROR_REASON_DOCUMENT_NOT_READY;
  return none ? DocumentSight::kNotMade : DocumentSight::kUnclear;
}

// Sets the states of the outcomes in `response`, one for each of `documents`.
template <typename Documents, typename Response>
ReadBackResult DocumentsMade(const Documents& documents, Response* response) {
  bool any = false;
  bool clear = documents.outcomes_size() >= response->outcomes_size();
  for (int i = 0; i < response->outcomes_size(); ++i) {
    const DocumentSight sight =
        i < documents.outcomes_size() ? SightOfDocument(documents.outcomes(i)) : DocumentSight::kUnclear;
    const bool made = sight == DocumentSight::kMade;
    response->mutable_outcomes(i)->set_state(made ? v1::OUTCOME_STATE_SUCCEEDED
                                                  : v1::OUTCOME_STATE_UNREPORTED);
    any = any || made;
    clear = clear && sight != DocumentSight::kUnclear;
  }
  if (!any) {
    response->Clear();
    return {.kind = clear ? ReadBackResult::Kind::kNothing : ReadBackResult::Kind::kUnknown};
  }
  response->mutable_header()->add_warnings()->set_text(kOutcomesReadAfterLoss);
  return {.kind = ReadBackResult::Kind::kSomething, .is_complete = clear};
}

}  // namespace firstmile::read_back

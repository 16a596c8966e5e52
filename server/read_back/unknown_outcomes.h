// The elements of a batch that may have taken effect, whatever Shopee's answer says about them.
//
// Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "firstmile/v1/common.pb.h"

namespace firstmile::read_back {

// One outcome of a batch, whatever its message: each has `state` and `failure`. The message outlives it.
class OutcomeRef {
 public:
  explicit OutcomeRef(google::protobuf::Message* outcome);

  v1::OutcomeState state() const;
  void set_state(v1::OutcomeState state);
  bool has_failure() const;
  const v1::Failure& failure() const;
  v1::Failure* mutable_failure();
  void clear_failure();

 private:
  google::protobuf::Message* outcome_;
  const google::protobuf::Reflection* reflection_;
  const google::protobuf::FieldDescriptor* state_;
  const google::protobuf::FieldDescriptor* failure_;
};

using Outcomes = std::vector<OutcomeRef>;

// The outcomes in a batch's response; empty for other messages.
Outcomes OutcomesOf(google::protobuf::Message* response);
void ClearOutcomes(google::protobuf::Message* response);

// How many elements a batch requests; 0 when its response has no outcomes.
int ElementsOf(const google::protobuf::Message& request, const google::protobuf::Message& response);

// Fills the texts that `response` lacks, such as a binding's id, with those of `seen`.
void CompleteTexts(const google::protobuf::Message& seen, google::protobuf::Message* response);

// Adds the warning that outcomes come from Shopee's state, unless all of them still failed.
void WarnThatElementsWereFound(google::protobuf::Message* response);

// Adds a warning with the bindings that the call may have created; none when the list is empty.
void NameCandidates(const std::vector<std::string>& bindings, google::protobuf::Message* response);

class UnknownOutcomes {
 public:
  // Selects, from the first `asked` outcomes, those that failed from an outage of Shopee and those that it
  // did not report. Their response outlives this object.
  UnknownOutcomes(const Outcomes& outcomes, int asked);

  bool empty() const { return open_.empty(); }

  // Settles the elements whose outcome in `seen`, one per element, is SUCCEEDED. Returns how many.
  int Settle(const Outcomes& seen);

  // The state shows no effect of the others. Those for which Shopee reported a timeout stay unknown.
  void SettleAsNotApplied();

  // The state says nothing about the others.
  void LeaveUnknown();

 private:
  struct Element {
    std::size_t index;
    OutcomeRef outcome;
  };

  std::vector<Element> open_;
};

}  // namespace firstmile::read_back

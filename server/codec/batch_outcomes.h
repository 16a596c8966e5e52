// The outcomes of a batch, read from any of Shopee's formats and matched with the request.
//
// Used for one answer; not thread-safe.
#pragma once

#include <simdjson.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "codec/answer.h"
#include "codec/json_message_decoder.h"
#include "codec/outcome_matching.h"
#include "codec/response_plan.h"
#include "errors/error_class.h"
#include "firstmile/v1/common.pb.h"

namespace firstmile::codec {

class BatchOutcomes {
 public:
  // Most outcomes read from one answer: each is compared with every element of the request, at most 1200.
  static constexpr std::size_t kOutcomesMax = 1000;

  // Both outlive this object.
  BatchOutcomes(const BatchPlan& plan, const Answer& answer)
      : plan_(plan), answer_(answer), all_failed_(errors::IsAllFailedBatch(answer.error)) {}

  // Returns true when `name` is order_list, result_list, success_list, success_id_list or fail_list; keeps
  // the value for Fill.
  bool Take(absl::string_view name, simdjson::dom::element value);

  // Fills the outcomes of `response`: one per element of the request, in its order, then unmatched rows, such
  // as a second package of an order. An element whose rows are missing or ambiguous is UNREPORTED, with the
  // error of one of its rows if any. Returns AboutAnother when the first key of a row was not requested.
  absl::Status Fill(const google::protobuf::Message& request, JsonMessageDecoder* decoder,
                    google::protobuf::Message* response);

 private:
  struct Outcome {
    std::unique_ptr<google::protobuf::Message> message;
    std::size_t list = 0;
  };
  // Shopee's error code and text for an element.
  struct ElementError {
    bool empty() const { return code.empty() && text.empty(); }

    std::string code;
    std::string text;
  };

  static constexpr std::size_t kLists = 5;

  absl::Status ReadList(std::size_t list, JsonMessageDecoder* decoder);
  absl::Status ReadElement(std::size_t list, simdjson::dom::element value, const JsonPath& path,
                           JsonMessageDecoder* decoder);
  static ElementError ElementErrorIn(simdjson::dom::object element);
  // Succeeded or failed; `reproach` is the element's own error.
  RowEnd SetEnd(std::size_t list, const ElementError& element_error,
                google::protobuf::Message* outcome) const;
  void SetEndWhenUnmentioned(google::protobuf::Message* outcome) const;
  v1::ErrorReason SetFailed(const ElementError& element_error, google::protobuf::Message* outcome) const;
  std::vector<ElementKeys> ReadRequest(const google::protobuf::Message& request) const;
  absl::Status CheckAskedFor(const std::vector<ElementKeys>& asked, absl::string_view payload) const;
  std::unique_ptr<google::protobuf::Message> Resolve(const ElementKeys& keys,
                                                     const OutcomeMatch::Element& element) const;

  const BatchPlan& plan_;
  const Answer& answer_;
  const bool all_failed_;
  simdjson::dom::element lists_[kLists];
  bool given_[kLists] = {};
  std::vector<Outcome> outcomes_;
  std::vector<OutcomeRow> rows_;  // keys and results of the outcomes
};

}  // namespace firstmile::codec

// The outcomes of a batch: gathered from any of the platform's four shapes, matched with the request.
//
// One BatchOutcomes serves one answer, on one thread.
#pragma once

#include <simdjson.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "codec/message_filler.h"
#include "codec/response_plan.h"
#include "firstmile/v1/common.pb.h"

namespace firstmile::codec {

class BatchOutcomes {
 public:
  // Most outcomes that are read of one answer: each is compared with every element of the request, 50 at
  // most.
  static constexpr std::size_t kOutcomesMax = 1000;

  // `all_failed` tells that the platform called the whole batch failed.
  BatchOutcomes(const BatchPlan& plan, bool all_failed) : plan_(plan), all_failed_(all_failed) {}

  // True when `name` is one of order_list, result_list, success_list, fail_list; then the value is kept for
  // Fill.
  bool Take(absl::string_view name, simdjson::dom::element value);

  // Fills the outcomes of `response`: one per element of the request, in its order, then what matches none,
  // such as a second package of an order. AboutAnother when a row names, by its first key, what was not asked
  // for.
  absl::Status Fill(const google::protobuf::Message& request, MessageFiller* filler,
                    google::protobuf::Message* response);

 private:
  struct Outcome {
    std::unique_ptr<google::protobuf::Message> message;
    std::vector<std::string> keys = {};
    std::size_t list = 0;
    bool matched = false;
  };
  struct Asked {
    std::vector<std::string> keys = {};
    Outcome* outcome = nullptr;
  };

  static constexpr std::size_t kLists = 4;

  absl::Status ReadList(std::size_t list, MessageFiller* filler);
  absl::Status ReadElement(std::size_t list, simdjson::dom::element value, const JsonPath& path,
                           MessageFiller* filler);
  firstmile::v1::OutcomeState StateOf(std::size_t list, const google::protobuf::Message& outcome) const;
  firstmile::v1::OutcomeState StateWhenUnmentioned() const;
  void ReadRequest(const google::protobuf::Message& request);
  absl::Status CheckAskedFor(absl::string_view payload) const;
  void MatchByAllKeys();
  void MatchByFirstKey();
  std::unique_ptr<google::protobuf::Message> Resolve(Asked* asked) const;

  const BatchPlan& plan_;
  const bool all_failed_;
  simdjson::dom::element lists_[kLists];
  bool given_[kLists] = {};
  std::vector<Outcome> outcomes_;
  std::vector<Asked> asked_;
};

}  // namespace firstmile::codec

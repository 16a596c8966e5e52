// The cases of this folder's JSON files: an answer seen in production, the call that receives it, and the
// expected result. README.md explains how to write one.
//
// Plain values and pure functions.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace firstmile::testing {

// Only the given members are checked.
struct FieldExpectation {
  std::vector<std::string> reasons;  // one of them; empty: the call succeeds
  std::vector<std::string> message_has;
  std::vector<std::string> message_lacks;
  boost::json::object metadata;
  boost::json::object response;  // members that the response must have, by the names of its fields
  std::optional<std::string> read_back;
  std::optional<int> requests;  // number of requests on the first answer's path
};

struct FieldCase {
  std::string name;                // UpperCamelCase, unique within its file
  std::vector<std::string> first;  // setup steps: "log_in", "access_tokens_end", "clock_ahead"
  std::string call;                // "FirstMileService/GetWaybill"
  boost::json::object request;
  // What Shopee or a proxy sends: faults of the emulator's control API. Without an action or preset they
  // answer with HTTP 200; without a path they apply to the call's own path.
  std::vector<boost::json::object> answers;
  FieldExpectation expect;
  int repeats = 1;  // how often the call is made; each one must end as expected
};

struct FieldCaseFile {
  std::string kind;  // the file's name without ".json"
  std::vector<FieldCase> cases;
};

// Reads all files but requests.json, which has the default requests of calls. Fails with one line for a
// malformed case or an unknown member.
absl::StatusOr<std::vector<FieldCaseFile>> ReadFieldCases(const std::filesystem::path& folder);

// True when `whole` contains everything in `part`: members of objects, elements of lists in order.
bool Contains(const boost::json::value& whole, const boost::json::value& part);

}  // namespace firstmile::testing

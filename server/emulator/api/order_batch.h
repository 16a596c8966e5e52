// Batches of orders: the request, the outcome of each element, and the wire shapes of the result.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "emulator/api/call.h"
#include "emulator/api/params.h"

namespace emulator::api {

inline constexpr std::size_t kMaxOrdersPerCall = 50;

struct OrderRef {
  std::string order_sn;
  std::optional<std::string> package_number;  // as sent; "" and missing mean the same
};

struct Outcome {
  OrderRef ref;
  Row package = kNoRow;  // of `ref`; kNoRow if there is none
  std::string error;     // "": this element succeeded
  std::string message;

  bool ok() const { return error.empty(); }
  void Fail(std::string_view code, std::string_view text);
};

struct Tally {
  std::size_t failed = 0;
  std::size_t total = 0;
  bool AllFailed() const { return failed == total; }
};

// Reads order_list; rejects more than 50 elements and duplicates.
std::vector<OrderRef> ReadOrderList(const BodyFields& body, Problem& problem);

// Finds the package of each reference, or sets the error.
std::vector<Outcome> ResolvePackages(const World& world, const Shop& shop, std::vector<OrderRef> refs);

Tally Count(const std::vector<Outcome>& outcomes);

// Failures first, then successes, each in reverse order of the request, so that clients cannot match by
// position.
std::vector<Outcome> InAnswerOrder(const std::vector<Outcome>& outcomes);

// order_sn, fail_error and fail_message; package_number if it was sent.
boost::json::object DescribeFailure(const Outcome& outcome);

// The answer of calls with success_list and fail_list; `response` has their other members.
Reply DescribeLists(boost::json::object response, boost::json::array success_list,
                    const std::vector<Outcome>& outcomes);

}  // namespace emulator::api

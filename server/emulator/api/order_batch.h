// Batches of orders: what was asked for, what became of each, and the wire shapes of the result.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "emulator/api/call.h"
#include "emulator/api/params.h"

namespace emulator::api {

inline constexpr std::size_t kMostOrdersPerCall = 50;

struct OrderRef {
  std::string order_sn;
  std::optional<std::string> package_number;  // as sent; "" and missing mean the same
};

struct Outcome {
  OrderRef ref;
  Row package = kNoRow;  // that the reference means, if any
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

// Reads order_list; refuses more than 50 elements and duplicates.
std::vector<OrderRef> ReadOrderList(const BodyFields& body, Problem& problem);

// Finds the package of each reference, or says why there is none.
std::vector<Outcome> ResolvePackages(const World& world, const Shop& shop, std::vector<OrderRef> refs);

Tally Count(const std::vector<Outcome>& outcomes);

// Failures first, then successes, each in reverse order of the request: nobody can match by position.
std::vector<Outcome> InAnswerOrder(const std::vector<Outcome>& outcomes);

// order_sn, fail_error and fail_message; package_number when it was sent.
boost::json::object DescribeFailure(const Outcome& outcome);

// The answer of the calls that have success_list and fail_list; `response` is what they have beside these.
Reply DescribeLists(boost::json::object response, boost::json::array success_list,
                    const std::vector<Outcome>& outcomes);

}  // namespace emulator::api

#include "emulator/api/order_batch.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <iterator>

#include "emulator/api/package_lookup.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

OrderRef ReadRef(const json::object& element, Problem& problem) {
  OrderRef ref;
  const BodyFields fields(element, problem, "order_list.");
  ref.order_sn = fields.Required("order_sn");
  if (fields.HasValue("package_number")) ref.package_number = fields.Optional("package_number");
  return ref;
}

void Resolve(const World& world, const Shop& shop, Outcome& outcome) {
  const std::string& sn = outcome.ref.order_sn;
  const FoundPackage found = FindPackageOf(world, shop, sn, outcome.ref.package_number.value_or(""));
  outcome.package = found.row;
  switch (found.result) {
    case Lookup::kFound:
      return;
    case Lookup::kNoOrder:
      return outcome.Fail("firstmile.order_not_exist", "Order is not exist.");
    case Lookup::kNumberNeeded:
      return outcome.Fail("firstmile.order_has_been_split",
                          absl::StrCat("The order(order_sn: ", sn, ") has been split"));
    case Lookup::kNoPackage:
      return outcome.Fail("firstmile.invalid_package", "Package is not exist.");
  }
}

}  // namespace

void Outcome::Fail(std::string_view code, std::string_view text) {
  error = code;
  message = text;
}

std::vector<OrderRef> ReadOrderList(const BodyFields& body, Problem& problem) {
  std::vector<OrderRef> refs;
  absl::flat_hash_set<std::pair<std::string, std::string>> seen;
  for (const json::object* element : body.RequiredObjects("order_list", kMaxOrdersPerCall)) {
    OrderRef ref = ReadRef(*element, problem);
    if (problem) break;
    const std::string package = ref.package_number.value_or("");
    if (!seen.emplace(ref.order_sn, package).second) {
      problem.Report("firstmile.param_duplication",
                     absl::StrCat("Duplicate order_sn ", ref.order_sn, " or package_number: ", package, "."));
    }
    refs.push_back(std::move(ref));
  }
  return refs;
}

std::vector<Outcome> ResolvePackages(const World& world, const Shop& shop, std::vector<OrderRef> refs) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(refs.size());
  for (OrderRef& ref : refs) {
    Outcome& outcome = outcomes.emplace_back();
    outcome.ref = std::move(ref);
    Resolve(world, shop, outcome);
  }
  return outcomes;
}

Tally Count(const std::vector<Outcome>& outcomes) {
  Tally tally;
  tally.total = outcomes.size();
  tally.failed = static_cast<std::size_t>(
      std::count_if(outcomes.begin(), outcomes.end(), [](const Outcome& outcome) { return !outcome.ok(); }));
  return tally;
}

std::vector<Outcome> InAnswerOrder(const std::vector<Outcome>& outcomes) {
  std::vector<Outcome> ordered;
  ordered.reserve(outcomes.size());
  for (const bool ok : {false, true}) {
    std::copy_if(outcomes.rbegin(), outcomes.rend(), std::back_inserter(ordered),
                 [ok](const Outcome& outcome) { return outcome.ok() == ok; });
  }
  return ordered;
}

json::object DescribeFailure(const Outcome& outcome) {
  json::object entry;
  entry["order_sn"] = outcome.ref.order_sn;
  if (outcome.ref.package_number) entry["package_number"] = *outcome.ref.package_number;
  entry["fail_error"] = outcome.error;
  entry["fail_message"] = outcome.message;
  return entry;
}

Reply DescribeLists(json::object response, json::array success_list, const std::vector<Outcome>& outcomes) {
  json::array fail_list;
  for (const Outcome& outcome : InAnswerOrder(outcomes)) {
    if (outcome.ok()) continue;
    json::object entry = DescribeFailure(outcome);
    entry["package_number"] = outcome.ref.package_number.value_or("");
    fail_list.push_back(std::move(entry));
  }
  response["success_list"] = std::move(success_list);
  response["fail_list"] = std::move(fail_list);
  Reply reply = Success(std::move(response));
  if (Count(outcomes).AllFailed()) {
    reply.error = "firstmile.batch_api_all_failed";
    reply.message = "All failed, please check result_list for detail";
  }
  return reply;
}

}  // namespace emulator::api

#include "emulator/api/bind_rules.h"
#include "emulator/api/operations.h"
#include "emulator/api/order_batch.h"
#include "emulator/api/params.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kNotBound = "The SLS TN has not been tied to any first mile code.";

void UnbindFrom(World& world, Row number, Outcome& outcome) {
  if (!outcome.ok()) return;
  const Row holder = world.package(outcome.package).holder;
  if (holder == kNoRow) return outcome.Fail("firstmile.package_has_not_bind", kNotBound);
  if (holder != number) {
    return outcome.Fail(
        "error_param", "Wrong parameters, detail: first_mile_tracking_number is not the one of the package.");
  }
  world.Unbind(outcome.package);
}

json::object DescribeReleased(const Outcome& outcome) {
  json::object entry;
  entry["order_sn"] = outcome.ref.order_sn;
  entry["package_number"] = outcome.ref.package_number.value_or("");
  return entry;
}

Reply DescribeUnbind(const std::string& code, const std::vector<Outcome>& outcomes) {
  json::array list;
  json::array warning;
  for (const Outcome& outcome : InAnswerOrder(outcomes)) {
    list.push_back(outcome.ok() ? DescribeReleased(outcome) : DescribeFailure(outcome));
    if (!outcome.ok()) warning.push_back(DescribeReleased(outcome));
  }
  const Tally tally = Count(outcomes);
  Reply reply = Success({{"first_mile_tracking_number", code}, {"order_list", std::move(list)}});
  if (tally.failed > 0) reply.warning = std::move(warning);
  if (tally.AllFailed()) {
    reply.error = "firstmile.batch_api_all_failed";
    reply.message = "Failed, please check result_list for more details.";
  }
  return reply;
}

// Unbinds one package and describes the number or binding that it was bound to.
json::object ReleaseAny(World& world, Outcome& outcome) {
  json::object entry = DescribeReleased(outcome);
  if (!outcome.ok()) return entry;
  const Row holder = world.package(outcome.package).holder;
  if (holder == kNoRow) {
    outcome.Fail("firstmile.package_has_not_bind", kNotBound);
    return entry;
  }
  const FirstMileNumber& number = world.number(holder);
  const std::string_view refusal = UnbindRefusal(number);
  if (!refusal.empty()) {
    outcome.Fail("firstmile.error", refusal);
    return entry;
  }
  entry["binding_id"] = number.binding_id;
  entry["first_mile_tracking_number"] = world.CodeIsVisible(number) ? number.code : "";
  world.Unbind(outcome.package);
  return entry;
}

}  // namespace

Reply UnbindFirstMileTrackingNumber(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const std::string code = body.Required("first_mile_tracking_number");
  auto refs = ReadOrderList(body, problem);
  if (problem) return problem.AsReply();
  const FirstMileNumber* number = call.world.FindNumber(code);
  if (number == nullptr) return Failure("firstmile.error", "The FM code does not exist");
  auto outcomes = ResolvePackages(call.world, call.shop, std::move(refs));
  // The state of a number without packages does not matter: each element fails as not bound.
  const std::string_view refusal = number->packages.empty() ? "" : UnbindRefusal(*number);
  if (!refusal.empty()) return Failure("firstmile.error", refusal);
  const Row row = call.world.RowOf(*number);
  for (Outcome& outcome : outcomes) UnbindFrom(call.world, row, outcome);
  return DescribeUnbind(code, outcomes);
}

Reply UnbindFirstMileTrackingNumberAll(Call& call) {
  Problem problem;
  auto refs = ReadOrderList(BodyFields(call.body, problem), problem);
  if (problem) return problem.AsReply();
  auto outcomes = ResolvePackages(call.world, call.shop, std::move(refs));
  json::array released;
  for (Outcome& outcome : outcomes) {
    json::object entry = ReleaseAny(call.world, outcome);
    if (outcome.ok()) released.insert(released.begin(), std::move(entry));
  }
  return DescribeLists({}, std::move(released), outcomes);
}

}  // namespace emulator::api

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <limits>

#include "emulator/api/operations.h"
#include "emulator/api/params.h"
#include "emulator/api/tracked_package.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostPackagesPerCall = 50;
constexpr std::size_t kAnyLength = std::numeric_limits<std::size_t>::max();  // too many has a text of its own

struct ExtraFields {
  bool plp = false;
  bool first_mile = false;
  bool last_mile = false;
};

ExtraFields ReadExtraFields(std::string_view text, Problem& problem) {
  ExtraFields fields;
  for (const std::string& name : SplitCommas(text)) {
    if (name == "plp_number") {
      fields.plp = true;
    } else if (name == "first_mile_tracking_number") {
      fields.first_mile = true;
    } else if (name == "last_mile_tracking_number") {
      fields.last_mile = true;
    } else {
      problem.WrongParameter("invalid response field(" + name + ").");
    }
  }
  return fields;
}

std::string FirstMileCode(World& world, const Package& package) {
  if (package.holder == kNoRow) return "";
  const FirstMileNumber& number = world.number(package.holder);
  return world.CodeIsVisible(number) ? number.code : "";
}

std::string HintFor(const Package& package) {
  return package.tracking_number.empty() ? "The tracking number is not assigned yet, please try again later."
                                         : "";
}

json::object DescribeNumbers(World& world, const Package& package, const ExtraFields& fields) {
  json::object numbers;
  numbers["tracking_number"] = package.tracking_number;
  if (fields.plp) numbers["plp_number"] = "";
  if (fields.first_mile) numbers["first_mile_tracking_number"] = FirstMileCode(world, package);
  if (fields.last_mile) numbers["last_mile_tracking_number"] = "";
  return numbers;
}

// Null when the shop has no such package.
const Package* FindOwnPackage(const Call& call, const std::string& number) {
  const Package* package = call.world.FindPackage(number);
  const bool own = package != nullptr && call.world.order(package->order).shop_id == call.shop.id;
  return own ? package : nullptr;
}

json::object DescribeMass(World& world, const Package& package, const ExtraFields& fields) {
  json::object entry = DescribeNumbers(world, package, fields);
  entry["package_number"] = package.number;
  entry["hint"] = HintFor(package);
  entry["pickup_code"] = "";
  return entry;
}

std::vector<std::string> ReadPackages(const json::object& body, Problem& problem) {
  std::vector<std::string> numbers;
  const json::array* list = BodyFields(body, problem).RequiredArray("package_list", kAnyLength);
  if (list == nullptr) return numbers;
  if (list->size() > kMostPackagesPerCall) problem.Report("logistics.error_param", "Package exceeds limit.");
  absl::flat_hash_set<std::string> seen;
  for (const json::value& element : *list) {
    if (problem) break;
    if (!element.is_object()) {
      problem.WrongParameter("package_list must be an array of objects.");
      break;
    }
    numbers.push_back(BodyFields(element.get_object(), problem, "package_list.").Required("package_number"));
    if (!seen.insert(numbers.back()).second)
      problem.Report("logistics.error_param", "Duplicate package number");
  }
  return numbers;
}

}  // namespace

Reply GetTrackingNumber(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const std::string sn = query.Required("order_sn");
  const ExtraFields fields = ReadExtraFields(query.Optional("response_optional_fields"), problem);
  const Package* package = FindTrackedPackage(call, sn, query.Optional("package_number"), problem);
  if (problem) return problem.AsReply();
  json::object response = DescribeNumbers(call.world, *package, fields);
  if (package->tracking_number.empty()) response["hint"] = HintFor(*package);
  return Success(std::move(response));
}

Reply GetMassTrackingNumber(Call& call) {
  Problem problem;
  auto numbers = ReadPackages(call.body, problem);
  const ExtraFields fields =
      ReadExtraFields(BodyFields(call.body, problem).Optional("response_optional_fields"), problem);
  if (problem) return problem.AsReply();
  std::reverse(numbers.begin(), numbers.end());  // nobody can match by position
  json::array success;
  json::array failed;
  for (const std::string& number : numbers) {
    if (const Package* package = FindOwnPackage(call, number)) {
      success.push_back(DescribeMass(call.world, *package, fields));
    } else {
      failed.push_back({{"package_number", number}, {"fail_reason", "The package is not exist."}});
    }
  }
  return Success({{"success_list", std::move(success)}, {"fail_list", std::move(failed)}});
}

Reply GetBookingTrackingNumber(Call& call) {
  Problem problem;
  const Booking* booking = FindTrackedBooking(call, problem);
  if (problem) return problem.AsReply();
  Reply reply;
  reply.top_level["tracking_number"] = booking->tracking_number;
  return reply;
}

}  // namespace emulator::api

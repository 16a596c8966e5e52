#include "emulator/api/operations.h"
#include "emulator/api/package_batch.h"
#include "emulator/api/params.h"
#include "emulator/api/tracked_package.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

struct ExtraFields {
  bool plp = false;
  bool first_mile = false;
  bool last_mile = false;
};

ExtraFields ReadExtraFields(const std::vector<std::string>& names, Problem& problem) {
  ExtraFields fields;
  for (const std::string& name : names) {
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

json::object DescribeMass(World& world, const Package& package, const ExtraFields& fields) {
  json::object entry = DescribeNumbers(world, package, fields);
  entry["package_number"] = package.number;
  entry["hint"] = HintFor(package);
  entry["pickup_code"] = "";
  return entry;
}

}  // namespace

Reply GetTrackingNumber(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const std::string sn = query.Required("order_sn");
  const ExtraFields fields = ReadExtraFields(query.OptionalList("response_optional_fields"), problem);
  const Package* package = FindTrackedPackage(call, sn, query.Optional("package_number"), problem);
  if (problem) return problem.AsReply();
  json::object response = DescribeNumbers(call.world, *package, fields);
  if (package->tracking_number.empty()) response["hint"] = HintFor(*package);
  return Success(std::move(response));
}

Reply GetMassTrackingNumber(Call& call) {
  Problem problem;
  const std::vector<std::string> numbers = ReadPackageList(call, problem);
  const ExtraFields fields = ReadExtraFields(
      SplitCommas(BodyFields(call.body, problem).Optional("response_optional_fields")), problem);
  if (problem) return problem.AsReply();
  json::array success;
  json::array failed;
  for (const std::string& number : numbers) {
    const Row row = FindOwnPackage(call, number);
    if (row == kNoRow) {
      failed.push_back(DescribePackageFailure(number, kPackageMissing));
    } else {
      success.push_back(DescribeMass(call.world, call.world.package(row), fields));
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

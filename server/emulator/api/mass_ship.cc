#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>

#include "emulator/api/operations.h"
#include "emulator/api/package_batch.h"
#include "emulator/api/ship_options.h"
#include "emulator/api/ship_ways.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxNumbersPerCall = 50;

struct NamedPackage {
  std::string number;
  Row row = kNoRow;
};

const Order& OrderOf(const Call& call, Row package) {
  return call.world.order(call.world.package(package).order);
}

// The packages of the request, which must have one channel and one warehouse.
std::vector<NamedPackage> ReadPackages(const Call& call, Problem& problem) {
  std::vector<NamedPackage> packages;
  for (std::string& number : ReadPackageList(call, problem)) {
    const Row row = FindOwnPackage(call, number);
    packages.push_back({std::move(number), row});
  }
  const BodyFields body(call.body, problem);
  std::optional<int64_t> channel = body.OptionalInt("logistics_channel_id");
  const std::string warehouse = body.Optional("product_location_id");
  for (auto package = packages.rbegin(); package != packages.rend(); ++package) {  // the first decides
    if (problem || package->row == kNoRow) continue;
    const int64_t own = ChannelOf(OrderOf(call, package->row));
    if (channel.value_or(own) != own) {
      problem.Report("error_param", "Package is not under the specified fulfilment channel");
    } else if (!warehouse.empty()) {
      problem.Report("logistics.error_param", "Package is not under the specified warehouse");
    }
    channel = own;
  }
  return packages;
}

// The codes of ship_order are not documented for mass_ship_order: its problems come as wrong parameters.
void ReportAsParameter(const Problem& cause, Problem& problem) {
  if (!cause) return;
  const Reply reply = cause.AsReply();
  if (reply.error == "error_param") return problem.Report(reply.error, reply.message);
  problem.WrongParameter(reply.message);
}

using Numbers = absl::flat_hash_map<std::string, std::string>;

// The tracking numbers of the seller, by package.
Numbers ReadNumbers(const Call& call, Problem& problem) {
  Numbers numbers;
  const json::value* way = call.body.if_contains("non_integrated");
  const json::object* object = way == nullptr ? nullptr : way->if_object();
  if (object == nullptr || !object->contains("tracking_number")) return numbers;
  const BodyFields parcels(*object, problem, "non_integrated.");
  for (const json::object* element : parcels.RequiredObjects("tracking_number", kMaxNumbersPerCall)) {
    const BodyFields fields(*element, problem, "non_integrated.tracking_number.");
    const std::string package = fields.Required("package_number");
    numbers[package] = fields.Required("tracking_number");
    CheckTrackingNumber(numbers[package], problem);
  }
  return numbers;
}

// The way that all packages of the call go; that of the first one that exists decides what is possible.
ShipWay ReadCommonWay(const Call& call, const std::vector<NamedPackage>& packages, Problem& problem) {
  for (auto package = packages.rbegin(); package != packages.rend() && !problem; ++package) {
    if (package->row == kNoRow) continue;
    Problem cause;
    ShipWay way = ReadWay(call, OrderOf(call, package->row), BodyFields(call.body, cause), cause);
    ReportAsParameter(cause, problem);
    return way;
  }
  return {};
}

}  // namespace

Reply GetMassShippingParameter(Call& call) {
  Problem problem;
  const std::vector<NamedPackage> packages = ReadPackages(call, problem);
  if (problem) return problem.AsReply();
  json::object response;
  json::array success;
  json::array failed;
  for (const auto& [number, row] : packages) {
    if (row == kNoRow) {
      failed.push_back(DescribePackageFailure(number, kPackageMissing));
    } else if (!HasParameters(OrderOf(call, row), call.world.package(row))) {
      failed.push_back(DescribePackageFailure(number, kNoParameters));
    } else {
      response = DescribeWays(call, OrderOf(call, row));
      success.push_back({{"package_number", number}});
    }
  }
  response["success_list"] = std::move(success);
  response["fail_list"] = std::move(failed);
  return Success(std::move(response));
}

Reply MassShipOrder(Call& call) {
  Problem problem;
  const std::vector<NamedPackage> packages = ReadPackages(call, problem);
  const Numbers numbers = ReadNumbers(call, problem);
  ShipWay way = ReadCommonWay(call, packages, problem);
  if (problem) return problem.AsReply();
  json::array success;
  json::array failed;
  for (const auto& [number, row] : packages) {
    Problem refusal;
    if (row == kNoRow) {
      refusal.Report("logistics.package_not_exist", kPackageMissing);
    } else {
      CheckShippable(call, row, refusal);
    }
    if (refusal) {
      failed.push_back(DescribePackageFailure(number, refusal.AsReply().message));
      continue;
    }
    const auto own = numbers.find(number);
    way.tracking_number = own == numbers.end() ? "" : own->second;
    Ship(call, row, way);
    success.push_back({{"package_number", number}});
  }
  return Success({{"success_list", std::move(success)}, {"fail_list", std::move(failed)}});
}

}  // namespace emulator::api

#include "emulator/api/package_batch.h"

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <limits>

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxPackagesPerCall = 50;
constexpr std::size_t kAnyLength =
    std::numeric_limits<std::size_t>::max();  // exceeding the limit has a text of its own

}  // namespace

std::vector<std::string> ReadPackageList(const Call& call, Problem& problem) {
  std::vector<std::string> numbers;
  const auto list = BodyFields(call.body, problem).RequiredObjects("package_list", kAnyLength);
  if (list.size() > kMaxPackagesPerCall) problem.Report("logistics.error_param", "Package exceeds limit.");
  absl::flat_hash_set<std::string> seen;
  for (const json::object* element : list) {
    if (problem) break;
    numbers.push_back(BodyFields(*element, problem, "package_list.").Required("package_number"));
    if (!seen.insert(numbers.back()).second)
      problem.Report("logistics.error_param", "Duplicate package number");
  }
  std::reverse(numbers.begin(), numbers.end());
  return numbers;
}

Row FindOwnPackage(const Call& call, const std::string& number) {
  const Row row = call.world.RowOfPackage(number);
  if (row == kNoRow) return kNoRow;
  return call.world.order(call.world.package(row).order).shop_id == call.shop.id ? row : kNoRow;
}

json::object DescribePackageFailure(const std::string& number, std::string_view reason) {
  return {{"package_number", number}, {"fail_reason", std::string(reason)}};
}

}  // namespace emulator::api

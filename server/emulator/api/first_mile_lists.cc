#include "emulator/api/bound_orders.h"
#include "emulator/api/operations.h"
#include "emulator/api/page.h"

#include <algorithm>

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr int kMaxUnboundPerPage = 100;
constexpr int kMaxNumbersPerPage = 50;
constexpr int kDetailPageSize = 100;                      // get_detail has no page_size
constexpr int64_t kListedSeconds = 183 * kSecondsPerDay;  // "the past 6 months"
constexpr uint32_t kEndOfTime = 0xffffffff;

struct UnboundFields {
  bool logistics_status = false;
  bool package_number = false;
};

UnboundFields ReadUnboundFields(const QueryFields& query, Problem& problem) {
  UnboundFields fields;
  for (const std::string& name : query.OptionalList("response_optional_fields")) {
    if (name == "logistics_status") {
      fields.logistics_status = true;
    } else if (name == "package_number") {
      fields.package_number = true;
    } else {
      problem.Report("firstmile.invalid_response_field", "Invalid response field(" + name + ").");
    }
  }
  return fields;
}

json::object DescribeUnbound(const World& world, Row row, const UnboundFields& fields) {
  const Package& package = world.package(row);
  json::object order;
  order["order_sn"] = world.order(package.order).sn;
  if (fields.package_number) order["package_number"] = package.number;
  if (fields.logistics_status) order["logistics_status"] = std::string(Name(package.logistics_status));
  return order;
}

// The official error sample of this operation has a text of its own for a malformed date.
std::optional<Day> ReadListDay(const QueryFields& query, std::string_view name, Problem& problem) {
  const std::string text = query.Required(name);
  const auto day = ParseDay(text);
  if (!day) problem.Report("common.unknown_error", "Unknown error, detail: error_key:FM_DATE_FORMAT_ERROR.");
  return day;
}

json::object DescribeNumber(const World& world, const FirstMileNumber& number) {
  json::object entry;
  entry["first_mile_tracking_number"] = number.code;
  entry["status"] = std::string(Name(world.VisibleStatus(number)));
  entry["declare_date"] = FormatDay(number.declare_day);
  return entry;
}

}  // namespace

Reply GetUnbindOrderList(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const Cursor cursor = query.ReadCursor();
  const int size = query.PageSize(kMaxUnboundPerPage);
  const UnboundFields fields = ReadUnboundFields(query, problem);
  if (problem) return problem.AsReply();
  const auto oldest = static_cast<uint32_t>(std::max<int64_t>(0, call.world.Now() - kListedSeconds));
  const auto page = TakePage(call.shop.unbound, {oldest, 0}, {kEndOfTime, kNoRow}, AfterKey(cursor), size);
  json::array orders;
  for (const ListKey& key : page.keys) orders.push_back(DescribeUnbound(call.world, key.second, fields));
  return Success({{"more", page.more}, {"order_list", std::move(orders)}, {"next_cursor", NextCursor(page)}});
}

Reply GetTrackingNumberList(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const auto from = ReadListDay(query, "from_date", problem);
  const auto to = ReadListDay(query, "to_date", problem);
  const int size = query.PageSize(kMaxNumbersPerPage);
  const Cursor cursor = query.ReadCursor();
  if (!problem && *from >= *to) {
    problem.Report("firstmile.date_range_error",
                   "The \"from_date\" time must be smaller than the \"to_date\" time.");
  }
  if (problem) return problem.AsReply();
  const auto page = TakePage(call.shop.numbers, {static_cast<uint32_t>(std::max(*from, 0)), 0},
                             {static_cast<uint32_t>(std::max(*to, -1) + 1), 0}, AfterKey(cursor), size);
  json::array numbers;
  for (const ListKey& key : page.keys) {
    numbers.push_back(DescribeNumber(call.world, call.world.number(key.second)));
  }
  return Success({{"more", page.more},
                  {"first_mile_tracking_number_list", std::move(numbers)},
                  {"next_cursor", NextCursor(page)}});
}

Reply GetDetail(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const std::string code = query.Required("first_mile_tracking_number");
  const Cursor cursor = query.ReadCursor();
  if (problem) return problem.AsReply();
  const FirstMileNumber* number = call.world.FindNumber(code);
  // An unknown number is not an error: the answer is that of an unused number.
  static const FirstMileNumber* const kUnknown = new FirstMileNumber();
  const FirstMileNumber& shown = number == nullptr ? *kUnknown : *number;
  const auto page = PageOfOrders(call, shown, cursor, kDetailPageSize);
  json::object response;
  response["logistics_channel_id"] = shown.channel_id.value_or(0);
  response["first_mile_tracking_number"] = code;
  response["shipment_method"] = std::string(Name(shown.method));
  response["status"] = std::string(Name(call.world.VisibleStatus(shown)));
  response["declare_date"] = number == nullptr ? "" : FormatDay(shown.declare_day);
  AppendOrders(call.world, page, response);
  return Success(std::move(response));
}

}  // namespace emulator::api

#include "emulator/api/bound_orders.h"
#include "emulator/api/operations.h"
#include "emulator/api/page.h"

#include <algorithm>

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr int kMaxPerPage = 50;

std::string VisibleCode(const World& world, const FirstMileNumber& binding) {
  return world.CodeIsVisible(binding) ? binding.code : "";
}

std::optional<Day> ReadDay(const BodyFields& body, std::string_view name, Problem& problem) {
  const std::string text = body.Required(name);
  const auto day = ParseDay(text);
  if (!day) {
    problem.Report("firstmile.date_format_error",
                   "Format for param date is wrong, should be like '2000-01-01'.");
  }
  return day;
}

json::object DescribeBinding(const World& world, const FirstMileNumber& binding) {
  json::object entry;
  entry["binding_id"] = binding.binding_id;
  entry["first_mile_tracking_number"] = VisibleCode(world, binding);
  entry["status"] = std::string(Name(world.VisibleStatus(binding)));
  if (binding.status == FirstMileStatus::kCanceled) entry["reason"] = binding.cancel_reason;
  entry["declare_date"] = FormatDay(binding.declare_day);
  return entry;
}

}  // namespace

Reply GetCourierDeliveryDetail(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const std::string id = query.Required("binding_id");
  const Cursor cursor = query.ReadCursor();
  const int size = query.PageSize(kMaxPerPage);
  if (problem) return problem.AsReply();
  const FirstMileNumber* binding = call.world.FindBinding(id);
  static const FirstMileNumber* const kUnknown = new FirstMileNumber();
  const FirstMileNumber& shown =
      binding == nullptr || binding->owner_shop != call.shop.id ? *kUnknown : *binding;
  json::object response;
  response["binding_id"] = id;
  response["first_mile_tracking_number"] = VisibleCode(call.world, shown);
  response["status"] = std::string(Name(call.world.VisibleStatus(shown)));
  response["declare_date"] = &shown == kUnknown ? "" : FormatDay(shown.declare_day);
  AppendOrders(call.world, PageOfOrders(call, shown, cursor, size), response);
  return Success(std::move(response));
}

Reply GetCourierDeliveryTrackingNumberList(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const auto from = ReadDay(body, "from_date", problem);
  const auto to = ReadDay(body, "to_date", problem);
  const int size = body.PageSize(kMaxPerPage);
  const Cursor cursor = body.ReadCursor();
  if (!problem && *from >= *to) {
    problem.Report("firstmile.date_range_error",
                   "The \"from_date\" time must be smaller than the \"to_date\" time.");
  }
  if (problem) return problem.AsReply();
  const auto page = TakePage(call.shop.bindings, {static_cast<uint32_t>(std::max(*from, 0)), 0},
                             {static_cast<uint32_t>(std::max(*to, -1) + 1), 0}, AfterKey(cursor), size);
  json::array bindings;
  for (const ListKey& key : page.keys) {
    bindings.push_back(DescribeBinding(call.world, call.world.number(key.second)));
  }
  return Success({{"tracking_number_list", std::move(bindings)},
                  {"more", page.more},
                  {"next_cursor", NextCursor(page)}});
}

}  // namespace emulator::api

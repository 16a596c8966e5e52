#include <algorithm>

#include "emulator/api/operations.h"
#include "emulator/api/page.h"
#include "emulator/api/params.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr int kMaxOrdersPerPage = 100;
constexpr int64_t kLongestWindowSeconds = 15 * kSecondsPerDay;
constexpr int64_t kLatestTime = 4'294'967'295;

struct ListQuery {
  bool by_update = false;
  ListKey first;
  ListKey end;
  std::string status;
  bool shows_status = false;
  bool shows_pending = false;
  int size = 0;
  Cursor cursor;
};

int64_t ReadTime(const QueryFields& query, std::string_view name, Problem& problem) {
  const std::string text = query.Required(name);
  const auto time = ParseInteger(text);
  if (!problem && (!time || *time < 0 || *time > kLatestTime)) {
    problem.WrongParameter(std::string(name).append(" must be a timestamp."));
  }
  return time.value_or(0);
}

void ReadWindow(const QueryFields& query, ListQuery& list, Problem& problem) {
  const std::string field = query.Required("time_range_field");
  if (field != "create_time" && field != "update_time") {
    problem.WrongParameter("time_range_field must be create_time or update_time.");
  }
  list.by_update = field == "update_time";
  const int64_t from = ReadTime(query, "time_from", problem);
  const int64_t to = ReadTime(query, "time_to", problem);
  if (!problem && (from >= to || to - from > kLongestWindowSeconds)) {
    problem.Report("order.order_list_invalid_time",
                   "Start time must be earlier than end time and diff in 15days.");
  }
  list.first = {static_cast<uint32_t>(from), 0};
  list.end = {static_cast<uint32_t>(to), kNoRow};
}

// A filter for orders of Brazil, which the emulator does not have.
bool IsEmptyStatus(std::string_view name) {
  return name == "INVOICE_PENDING";
}

ListQuery ReadListQuery(const QueryFields& query, Problem& problem) {
  ListQuery list;
  ReadWindow(query, list, problem);
  (void)query.Required("page_size");
  list.size = query.PageSize(kMaxOrdersPerPage);
  list.cursor = query.ReadCursor();
  list.status = query.Optional("order_status");
  const bool known = list.status.empty() || ParseOrderStatus(list.status) || IsEmptyStatus(list.status);
  if (!known) problem.WrongParameter("order_status is invalid.");
  for (const std::string& name : query.OptionalList("response_optional_fields")) {
    if (name == "order_status") list.shows_status = true;
  }
  list.shows_pending = query.Optional("request_order_status_pending") == "true";
  return list;
}

Page<ListKey> Take(const ListIndex& index, const ListQuery& list) {
  return TakePage(index, list.first, list.end, AfterKey(list.cursor), list.size);
}

Page<ListKey> Merge(const Page<ListKey>& a, const Page<ListKey>& b, int size) {
  Page<ListKey> merged;
  std::merge(a.keys.begin(), a.keys.end(), b.keys.begin(), b.keys.end(), std::back_inserter(merged.keys));
  const auto most = static_cast<std::size_t>(size);
  merged.more = a.more || b.more || merged.keys.size() > most;
  if (merged.keys.size() > most) merged.keys.resize(most);
  return merged;
}

Page<ListKey> TakeOrders(const OrderIndex& index, const ListQuery& list) {
  if (IsEmptyStatus(list.status)) return {};
  const auto& pending = index.by_status[static_cast<std::size_t>(OrderStatus::kPending)];
  const auto status = ParseOrderStatus(list.status);
  if (status == OrderStatus::kPending && !list.shows_pending) return {};
  if (status) return Take(index.by_status[static_cast<std::size_t>(*status)], list);
  if (!list.shows_pending) return Take(index.all, list);
  return Merge(Take(index.all, list), Take(pending, list), list.size);
}

}  // namespace

Reply GetOrderList(Call& call) {
  Problem problem;
  const ListQuery list = ReadListQuery(QueryFields(call.request, problem), problem);
  if (problem) return problem.AsReply();
  const auto page =
      TakeOrders(list.by_update ? call.shop.orders_by_update : call.shop.orders_by_creation, list);
  json::array orders;
  for (const ListKey& key : page.keys) {
    const Order& order = call.world.order(key.second);
    json::object entry;
    entry["order_sn"] = order.sn;
    if (list.shows_status) entry["order_status"] = std::string(Name(order.status));
    entry["booking_sn"] = order.booking_sn;
    orders.push_back(std::move(entry));
  }
  return Success({{"more", page.more}, {"order_list", std::move(orders)}, {"next_cursor", NextCursor(page)}});
}

Reply GetShipmentList(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  (void)query.Required("page_size");
  const int size = query.PageSize(kMaxOrdersPerPage);
  const Cursor cursor = query.ReadCursor();
  if (problem) return problem.AsReply();
  const auto page = TakePage(call.shop.to_ship, {0, 0}, {static_cast<uint32_t>(kLatestTime), kNoRow},
                             AfterKey(cursor), size);
  json::array orders;
  for (const ListKey& key : page.keys) {
    const Package& package = call.world.package(key.second);
    orders.push_back({{"order_sn", call.world.order(package.order).sn}, {"package_number", package.number}});
  }
  return Success({{"order_list", std::move(orders)}, {"more", page.more}, {"next_cursor", NextCursor(page)}});
}

}  // namespace emulator::api

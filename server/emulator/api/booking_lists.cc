#include <absl/strings/str_cat.h>

#include <set>
#include <string>

#include "emulator/api/operations.h"
#include "emulator/api/page.h"
#include "emulator/api/params.h"
#include "emulator/api/ship_options.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr int kMaxBookingsPerPage = 100;
constexpr std::size_t kMaxBookingsOfDetail = 50;
constexpr int64_t kLongestWindowSeconds = 15 * kSecondsPerDay;
constexpr int64_t kLatestTime = 4'294'967'295;
constexpr int64_t kDaysToShip = 3;

// The samples of these two calls have the module before a wrong parameter's code.
Reply Refuse(const Problem& problem) {
  Reply reply = problem.AsReply();
  if (reply.error == "error_param") reply.error = "logistics.error_param";
  return reply;
}

struct ListQuery {
  bool by_update = false;
  int64_t from = 0;
  int64_t to = 0;
  std::optional<BookingStatus> status;
  int size = 0;
  Cursor cursor;
};

int64_t ReadTime(const QueryFields& query, std::string_view name, Problem& problem) {
  const auto time = ParseInteger(query.Required(name));
  if (!problem && (!time || *time < 0 || *time > kLatestTime)) {
    problem.WrongParameter(absl::StrCat(std::string(name), " must be a timestamp."));
  }
  return time.value_or(0);
}

ListQuery ReadListQuery(const QueryFields& query, Problem& problem) {
  ListQuery list;
  const std::string field = query.Required("time_range_field");
  if (field != "create_time" && field != "update_time") {
    problem.WrongParameter("must use create_time or update_time.");
  }
  list.by_update = field == "update_time";
  list.from = ReadTime(query, "time_from", problem);
  list.to = ReadTime(query, "time_to", problem);
  if (!problem && (list.from >= list.to || list.to - list.from > kLongestWindowSeconds)) {
    problem.Report("booking.booking_list_invalid_time",
                   "Start time must be earlier than end time and diff in 15days.");
  }
  (void)query.Required("page_size");
  list.size = query.PageSize(kMaxBookingsPerPage);
  list.cursor = query.ReadCursor();
  const std::string status = query.Optional("booking_status");
  list.status = ParseBookingStatus(status);
  if (!status.empty() && !list.status) problem.WrongParameter("booking_status is invalid.");
  return list;
}

// A shop has few bookings, so they need no index.
Page<ListKey> TakeBookings(const Call& call, const ListQuery& list) {
  ListIndex index;
  for (Row row = 0; row < call.world.booking_count(); ++row) {
    const Booking& booking = call.world.booking(row);
    if (booking.shop_id != call.shop.id || (list.status && booking.status != *list.status)) continue;
    index.emplace(static_cast<uint32_t>(list.by_update ? booking.update_time : booking.create_time), row);
  }
  return TakePage(index, ListKey(static_cast<uint32_t>(list.from), 0),
                  ListKey(static_cast<uint32_t>(list.to), kNoRow), AfterKey(list.cursor), list.size);
}

std::string OrderOf(const World& world, const Booking& booking) {
  return booking.order == kNoRow ? "" : world.order(booking.order).sn;
}

std::string_view MatchStatusOf(BookingStatus status) {
  if (status == BookingStatus::kMatched) return "MATCH_SUCCESSFUL";
  return status == BookingStatus::kCancelled ? "MATCH_FAILED" : "MATCH_PENDING";
}

json::object DescribeItem(Row row) {
  return {{"item_id", 300000 + row},
          {"item_name", "Emulated item"},
          {"item_sku", ""},
          {"model_id", 400000 + row},
          {"model_name", "Plain"},
          {"model_sku", ""},
          {"model_quantity_purchased", 1},
          {"weight", 0.4},
          {"product_location_id", ""},
          {"image_info", {{"image_url", ""}}}};
}

// The parcel goes to a warehouse: its buyer is not known yet.
json::object DescribeRecipient() {
  return {{"name", "****"},     {"phone", "****"},         {"town", ""},
          {"district", "****"}, {"city", "Petaling Jaya"}, {"state", "Selangor"},
          {"region", "MY"},     {"zipcode", ""},           {"full_address", "****"}};
}

json::object DescribeBooking(const World& world, Row row, const std::set<std::string>& asked) {
  const Booking& booking = world.booking(row);
  const bool cancelled = booking.status == BookingStatus::kCancelled;
  json::object entry{{"booking_sn", booking.sn},
                     {"order_sn", OrderOf(world, booking)},
                     {"region", "MY"},
                     {"booking_status", std::string(Name(booking.status))},
                     {"match_status", std::string(MatchStatusOf(booking.status))},
                     {"create_time", booking.create_time},
                     {"update_time", booking.update_time},
                     {"ship_by_date", booking.create_time + kDaysToShip * kSecondsPerDay}};
  const json::object optional{{"shipping_carrier", std::string(kLogisticsChannelName)},
                              {"recipient_address", DescribeRecipient()},
                              {"item_list", json::array{DescribeItem(row)}},
                              {"dropshipper", ""},
                              {"dropshipper_phone", ""},
                              {"cancel_by", cancelled ? "system" : ""},
                              {"cancel_reason", cancelled ? "Not shipped in time" : ""},
                              {"fulfillment_flag", "fulfilled_by_cb_seller"},
                              {"pickup_done_time", booking.picked_up_at}};
  for (const auto& field : optional) {
    if (asked.contains(std::string(field.key()))) entry[field.key()] = field.value();
  }
  return entry;
}

}  // namespace

// The documented answer has the cursor in every booking, and none beside the list.
Reply GetBookingList(Call& call) {
  Problem problem;
  const ListQuery list = ReadListQuery(QueryFields(call.request, problem), problem);
  if (problem) return Refuse(problem);
  const Page<ListKey> page = TakeBookings(call, list);
  json::array bookings;
  for (const ListKey& key : page.keys) {
    const Booking& booking = call.world.booking(key.second);
    bookings.push_back({{"booking_sn", booking.sn},
                        {"order_sn", OrderOf(call.world, booking)},
                        {"booking_status", std::string(Name(booking.status))},
                        {"next_cursor", NextCursor(page)}});
  }
  return Success({{"more", page.more}, {"booking_list", std::move(bookings)}});
}

Reply GetBookingDetail(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const std::string list = query.Optional("booking_sn_list");
  if (list.empty()) problem.WrongParameter("booking_sn_list is empty string.");
  const std::vector<std::string> numbers = SplitCommas(list);
  if (numbers.size() > kMaxBookingsOfDetail) problem.WrongParameter("booking_sn_list must be 50 or less.");
  if (problem) return Refuse(problem);
  const std::vector<std::string> fields = SplitCommas(query.Optional("response_optional_fields"));
  const std::set<std::string> asked(fields.begin(), fields.end());
  json::array bookings;
  for (const std::string& sn : numbers) {
    const Row row = call.world.RowOfBooking(sn);
    if (row == kNoRow || call.world.booking(row).shop_id != call.shop.id) continue;
    bookings.push_back(DescribeBooking(call.world, row, asked));
  }
  if (bookings.empty()) return Failure("error_param", "The information you queried is not found.");
  return Success({{"booking_list", std::move(bookings)}});
}

}  // namespace emulator::api

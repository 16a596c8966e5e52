#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <vector>

#include "emulator/api/operations.h"
#include "emulator/api/params.h"
#include "emulator/api/ship_options.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr int kMaxPackagesPerPage = 100;
constexpr std::size_t kMostIds = 100;

enum class Progress { kAll = 0, kPending = 1, kToProcess = 2, kProcessed = 3 };

// A filter that no emulated package passes, such as that for instant delivery, finds nothing.
struct Search {
  Progress progress = Progress::kToProcess;
  std::vector<int64_t> channels;  // none: all
  bool finds_nothing = false;
  int64_t sort_type = 1;
  bool ascending = true;
  std::size_t size = 0;
  std::optional<ListKey> after;
};

int64_t ReadChoice(const BodyFields& fields, std::string_view name, int64_t usual, int64_t last,
                   Problem& problem) {
  const int64_t choice = fields.OptionalInt(name).value_or(usual);
  if (choice < 0 || choice > last) problem.WrongParameter(std::string(name).append(" is invalid."));
  return choice;
}

bool ReadTruth(const json::object& object, std::string_view name, bool usual, Problem& problem) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return usual;
  if (!value->is_bool()) problem.WrongParameter(std::string(name).append(" must be a boolean."));
  return value->is_bool() ? value->get_bool() : usual;
}

// An empty object for a missing one.
json::object ReadGroup(const json::object& body, std::string_view name, Problem& problem) {
  const json::value* value = body.if_contains(name);
  if (value == nullptr || value->is_null()) return {};
  if (!value->is_object()) problem.WrongParameter(std::string(name).append(" must be an object."));
  return value->is_object() ? value->get_object() : json::object();
}

// Emulated packages are in no warehouse of the seller's.
bool NamesLocations(const json::object& filter) {
  const json::value* locations = filter.if_contains("product_location_ids");
  return locations != nullptr && locations->is_array() && !locations->get_array().empty();
}

void ReadFilter(const json::object& filter, Search& search, Problem& problem) {
  const BodyFields fields(filter, problem, "filter.");
  search.progress = static_cast<Progress>(ReadChoice(fields, "package_status", 2, 3, problem));
  const bool by_shopee = ReadChoice(fields, "fulfillment_type", 2, 2, problem) == 1;
  const bool of_group = ReadChoice(fields, "sorting_group", 0, 2, problem) != 0;
  const bool instant = ReadChoice(fields, "order_type", 0, 2, problem) == 2;
  const bool pre_order = ReadChoice(fields, "is_pre_order", 0, 2, problem) == 1;
  const bool without_invoice = ReadTruth(filter, "invoice_pending", false, problem);
  (void)fields.OptionalInt("shipping_priority");
  search.finds_nothing =
      by_shopee || of_group || instant || pre_order || without_invoice || NamesLocations(filter);
  search.channels = fields.OptionalInts("logistics_channel_ids", kMostIds).value_or(std::vector<int64_t>());
}

// "1730437200,42": the key of the last row of the page before.
std::optional<ListKey> ReadPosition(const std::string& cursor, Problem& problem) {
  if (cursor.empty() || cursor == "\"\"") return std::nullopt;
  const std::size_t comma = cursor.find(',');
  ListKey key;
  const bool read = comma != std::string::npos && absl::SimpleAtoi(cursor.substr(0, comma), &key.first) &&
                    absl::SimpleAtoi(cursor.substr(comma + 1), &key.second);
  if (!read) problem.WrongParameter("pagination.cursor is invalid.");
  return key;
}

Search ReadSearch(const json::object& body, Problem& problem) {
  Search search;
  ReadFilter(ReadGroup(body, "filter", problem), search, problem);
  const json::object* page = BodyFields(body, problem).RequiredObject("pagination");
  if (page != nullptr) {
    const BodyFields fields(*page, problem, "pagination.");
    (void)fields.RequiredInt("page_size");
    search.size = static_cast<std::size_t>(fields.PageSize(kMaxPackagesPerPage));
    search.after = ReadPosition(fields.Optional("cursor"), problem);
  }
  const json::object sort = ReadGroup(body, "sort", problem);
  search.sort_type = ReadChoice(BodyFields(sort, problem, "sort."), "sort_type", 1, 3, problem);
  search.ascending = ReadTruth(sort, "ascending", true, problem);
  return search;
}

// nullopt for a package that is not listed: it is collected, or its journey has ended.
std::optional<Progress> ProgressOf(LogisticsStatus status) {
  switch (status) {
    case LogisticsStatus::kNotStart:
    case LogisticsStatus::kPendingArrange:
      return Progress::kPending;
    case LogisticsStatus::kReady:
      return Progress::kToProcess;
    case LogisticsStatus::kRequestCreated:
    case LogisticsStatus::kPickupRetry:
      return Progress::kProcessed;
    default:
      return std::nullopt;
  }
}

bool HasChannel(const Search& search, const Order& order) {
  const auto& channels = search.channels;
  return channels.empty() || std::find(channels.begin(), channels.end(), ChannelOf(order)) != channels.end();
}

// The packages that are not shipped yet. All times of an order have the same distance from its creation, so
// that every sort type has this order.
std::vector<ListKey> FindPackages(const World& world, const Shop& shop, const Search& search) {
  std::vector<ListKey> found;
  if (search.finds_nothing) return found;
  for (const OrderStatus status :
       {OrderStatus::kPending, OrderStatus::kReadyToShip, OrderStatus::kProcessed, OrderStatus::kRetryShip}) {
    for (const auto& [time, order] : shop.orders_by_creation.by_status[static_cast<std::size_t>(status)]) {
      if (!HasChannel(search, world.order(order))) continue;
      for (const Row row : world.order(order).packages) {
        const auto progress = ProgressOf(world.package(row).logistics_status);
        const bool wanted = search.progress == Progress::kAll || search.progress == progress;
        if (progress && wanted) found.emplace_back(time, row);
      }
    }
  }
  std::sort(found.begin(), found.end());
  if (!search.ascending) std::reverse(found.begin(), found.end());
  return found;
}

// Where the page begins.
std::vector<ListKey>::const_iterator BeginOf(const std::vector<ListKey>& found, const Search& search) {
  if (!search.after) return found.begin();
  return std::find_if(found.begin(), found.end(), [&search](const ListKey& key) {
    return search.ascending ? *search.after < key : key < *search.after;
  });
}

json::object DescribeRow(const World& world, Row row) {
  const Package& package = world.package(row);
  const Order& order = world.order(package.order);
  return {{"order_sn", order.sn},
          {"package_number", package.number},
          {"logistics_channel_id", ChannelOf(order)},
          {"product_location_id", ""},
          {"sorting_group", ""},
          {"is_shipment_arranged", false}};
}

}  // namespace

Reply SearchPackageList(Call& call) {
  Problem problem;
  const Search search = ReadSearch(call.body, problem);
  if (problem) return problem.AsReply();
  const std::vector<ListKey> found = FindPackages(call.world, call.shop, search);
  const auto begin = BeginOf(found, search);
  const auto left = static_cast<std::size_t>(found.end() - begin);
  const auto end = begin + static_cast<std::ptrdiff_t>(std::min(search.size, left));
  json::array packages;
  for (auto it = begin; it != end; ++it) packages.push_back(DescribeRow(call.world, it->second));
  const bool more = end != found.end();
  const std::string next = more ? absl::StrCat(std::prev(end)->first, ",", std::prev(end)->second) : "";
  return Success({{"packages_list", std::move(packages)},
                  {"pagination", {{"total_count", found.size()}, {"next_cursor", next}, {"more", more}}},
                  {"sort", {{"sort_type", search.sort_type}, {"is_asc", search.ascending}}}});
}

}  // namespace emulator::api

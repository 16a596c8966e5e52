#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "emulator/api/document_data.h"
#include "emulator/api/operations.h"
#include "emulator/api/order_parts.h"
#include "emulator/api/params.h"
#include "emulator/api/ship_options.h"
#include "emulator/world/order_split.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxPackagesOfDetail = 50;

// The states that get_package_detail documents; two are left out there.
std::string_view FulfillmentStatus(LogisticsStatus status) {
  if (status == LogisticsStatus::kPendingArrange) return Name(LogisticsStatus::kNotStart);
  return Name(status == LogisticsStatus::kCodRejected ? LogisticsStatus::kInvalid : status);
}

bool WaitsForShipment(const Package& package) {
  return package.logistics_status == LogisticsStatus::kReady;
}

// 0: not urgent, 2: ship before the time, 3: late.
json::object DescribeUrgency(const World& world, const Order& order, const Package& package) {
  if (!WaitsForShipment(package)) return {{"tag_id", 0}, {"timestamp", 0}};
  if (world.Now() >= ShipByDate(order)) return {{"tag_id", 3}, {"timestamp", 0}};
  return {{"tag_id", 2}, {"timestamp", ShipByDate(order)}};
}

json::array DescribeItems(const Package& package) {
  json::array list;
  for (const Item& item : package.items) {
    json::object entry = DescribePackedItem(item);
    entry["item_sku"] = "";
    entry["model_sku"] = "";
    list.push_back(std::move(entry));
  }
  return list;
}

void AddStates(const World& world, Row row, json::object& entry) {
  const Package& package = world.package(row);
  const Order& order = world.order(package.order);
  AddPendingTerms(order, entry);
  entry["pickup_done_time"] = package.picked_up ? world.lifecycle().MilestonesOf(row).picked_up : 0;
  entry["is_split_up"] = order.packages.size() > 1;
  entry["is_shipment_arranged"] = false;
  entry["status_info_tag"] = DescribeUrgency(world, order, package);
  entry["can_split_order"] = world::MayBeSplit(world, package.order);
  entry["can_unsplit_order"] = world::MayBeUnsplit(world, package.order);
  entry["can_full_cancel_order"] = MayBeCancelled(order);
  entry["can_partial_cancel_order"] = false;
  entry["is_pre_order"] = false;
}

json::object Describe(const World& world, Row row) {
  const Package& package = world.package(row);
  const Order& order = world.order(package.order);
  json::object entry = {{"order_sn", order.sn},
                        {"package_number", package.number},
                        {"fulfillment_status", std::string(FulfillmentStatus(package.logistics_status))},
                        {"update_time", order.update_time},
                        {"logistics_channel_id", ChannelOf(order)},
                        {"shipping_carrier", std::string(ChannelNameOf(order))},
                        {"allow_self_design_awb", AllowsOwnLabel(package)},
                        {"days_to_ship", kDaysToShip},
                        {"ship_by_date", ShipByDate(order)},
                        {"tracking_number", package.tracking_number},
                        {"tracking_number_expiration_date", 0},
                        {"item_list", DescribeItems(package)},
                        {"recipient_address", DescribeBuyer()},
                        {"parcel_chargeable_weight_gram", 400},
                        {"group_shipment_id", 0},
                        {"virtual_contact_number", ""},
                        {"package_query_number", ""},
                        {"sorting_group", ""}};
  AddStates(world, row, entry);
  return entry;
}

}  // namespace

Reply GetPackageDetail(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const auto numbers = query.RequiredList("package_number_list");
  if (numbers.size() > kMaxPackagesOfDetail)
    problem.WrongParameter("package_number_list must be 50 or less.");
  if (problem) return problem.AsReply();
  json::array packages;
  std::vector<std::string> missing;
  for (const std::string& number : numbers) {
    const Row row = call.world.RowOfPackage(number);
    const bool own = row != kNoRow && call.world.order(call.world.package(row).order).shop_id == call.shop.id;
    if (own) {
      packages.push_back(Describe(call.world, row));
    } else {
      missing.push_back(number);
    }
  }
  if (packages.empty()) return Failure("error_param", "The information you queried is not found.");
  Reply reply = Success({{"package_list", std::move(packages)}});
  if (!missing.empty()) {
    reply.warning = absl::StrCat("These packages are not found: ", absl::StrJoin(missing, ", "));
  }
  return reply;
}

}  // namespace emulator::api

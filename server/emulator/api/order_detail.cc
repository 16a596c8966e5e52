#include <absl/strings/str_cat.h>

#include <algorithm>
#include <functional>
#include <set>

#include "emulator/api/document_data.h"
#include "emulator/api/operations.h"
#include "emulator/api/order_parts.h"
#include "emulator/api/params.h"
#include "emulator/api/ship_options.h"
#include "emulator/world/deadlines.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxOrdersOfDetail = 50;

struct Asked {
  std::set<std::string, std::less<>> fields;
  bool Has(std::string_view name) const { return fields.contains(name); }
};

int64_t PickupDoneTime(const World& world, const Order& order) {
  int64_t latest = 0;
  for (const Row row : order.packages) {
    if (!world.package(row).picked_up) return 0;
    latest = std::max<int64_t>(latest, world.lifecycle().MilestonesOf(row).picked_up);
  }
  return latest != 0 ? latest : order.update_time;
}

json::object DescribeItem(const Item& item) {
  return {{"item_id", item.item_id},
          {"item_name", "Emulated item"},
          {"item_sku", ""},
          {"model_id", item.model_id},
          {"model_name", "Plain"},
          {"model_sku", ""},
          {"model_quantity_purchased", item.quantity},
          {"model_original_price", 20.0},
          {"model_discounted_price", 18.5},
          {"wholesale", false},
          {"weight", 0.4},
          {"order_item_id", item.item_id},
          {"promotion_group_id", 0},
          {"image_info", {{"image_url", ""}}}};
}

json::array DescribeItems(const World& world, const Order& order) {
  json::array list;
  for (const Item& item : world.ItemsOf(order)) list.push_back(DescribeItem(item));
  return list;
}

json::array DescribePackages(const World& world, const Order& order) {
  json::array list;
  for (const Row row : order.packages) {
    const Package& package = world.package(row);
    json::array items;
    for (const Item& item : package.items) items.push_back(DescribePackedItem(item));
    list.push_back({{"package_number", package.number},
                    {"logistics_status", std::string(Name(package.logistics_status))},
                    {"logistics_channel_id", ChannelOf(order)},
                    {"shipping_carrier", std::string(ChannelNameOf(order))},
                    {"allow_self_design_awb", AllowsOwnLabel(package)},
                    {"item_list", std::move(items)},
                    {"group_shipment_id", nullptr},
                    {"parcel_chargeable_weight_gram", 400}});
  }
  return list;
}

json::object DescribeDefaults(const Order& order) {
  return {{"order_sn", order.sn},
          {"region", "MY"},
          {"currency", "MYR"},
          {"cod", false},
          {"order_status", std::string(Name(order.status))},
          {"message_to_seller", ""},
          {"create_time", order.create_time},
          {"update_time", order.update_time},
          {"days_to_ship", kDaysToShip},
          {"ship_by_date", ShipByDate(order)},
          {"booking_sn", order.booking_sn}};
}

void AddMoneyAndNotes(const Asked& asked, const Order& order, json::object& entry) {
  if (asked.Has("total_amount")) entry["total_amount"] = 18.5;
  if (asked.Has("estimated_shipping_fee")) entry["estimated_shipping_fee"] = 4.5;
  if (asked.Has("actual_shipping_fee")) entry["actual_shipping_fee"] = 0;
  if (asked.Has("actual_shipping_fee_confirmed")) entry["actual_shipping_fee_confirmed"] = false;
  if (asked.Has("payment_method")) entry["payment_method"] = "Online Banking";
  if (asked.Has("pay_time") && order.status != OrderStatus::kUnpaid) entry["pay_time"] = PaidAt(order);
  if (asked.Has("goods_to_declare")) entry["goods_to_declare"] = false;
  if (asked.Has("note")) entry["note"] = "";
  if (asked.Has("note_update_time")) entry["note_update_time"] = 0;
  if (asked.Has("dropshipper")) entry["dropshipper"] = "";
  if (asked.Has("dropshipper_phone")) entry["dropshipper_phone"] = "";
  if (asked.Has("invoice_data")) entry["invoice_data"] = nullptr;
  if (asked.Has("order_chargeable_weight_gram")) entry["order_chargeable_weight_gram"] = 400;
}

// An order that was cancelled from the start names no event that did it.
void AddCancellation(const World& world, Row row, const Asked& asked, json::object& entry) {
  Cancellation cancellation;
  if (const Cancellation* known = world.lifecycle().CancellationOf(row)) {
    cancellation = *known;
  } else if (world.order(row).status == OrderStatus::kCancelled) {
    cancellation = {"buyer", "Need to change delivery address", ""};
  }
  if (asked.Has("cancel_by")) entry["cancel_by"] = cancellation.by;
  if (asked.Has("cancel_reason")) entry["cancel_reason"] = cancellation.reason;
  if (asked.Has("buyer_cancel_reason")) entry["buyer_cancel_reason"] = cancellation.buyer_reason;
}

void AddOptional(const World& world, Row row, const Asked& asked, json::object& entry) {
  const Order& order = world.order(row);
  AddMoneyAndNotes(asked, order, entry);
  AddPendingTerms(order, entry);
  entry["can_full_cancel_order"] = MayBeCancelled(order);
  entry["can_partial_cancel_order"] = false;
  if (asked.Has("buyer_user_id")) entry["buyer_user_id"] = 3000000 + row;
  if (asked.Has("buyer_username")) entry["buyer_username"] = absl::StrCat("buyer", row);
  if (asked.Has("recipient_address")) entry["recipient_address"] = DescribeBuyer();
  if (asked.Has("item_list")) entry["item_list"] = DescribeItems(world, order);
  if (asked.Has("split_up")) entry["split_up"] = order.packages.size() > 1;
  AddCancellation(world, row, asked, entry);
  if (asked.Has("fulfillment_flag")) entry["fulfillment_flag"] = "fulfilled_by_cb_seller";
  if (asked.Has("pickup_done_time")) entry["pickup_done_time"] = PickupDoneTime(world, order);
  if (asked.Has("shipping_carrier")) entry["shipping_carrier"] = std::string(ChannelNameOf(order));
  if (asked.Has("package_list")) entry["package_list"] = DescribePackages(world, order);
}

}  // namespace

Reply GetOrderDetail(Call& call) {
  Problem problem;
  const QueryFields query(call.request, problem);
  const auto numbers = query.RequiredList("order_sn_list");
  if (numbers.size() > kMaxOrdersOfDetail) problem.WrongParameter("order_sn_list must be 50 or less.");
  if (problem) return problem.AsReply();
  Asked asked;
  for (std::string& name : query.OptionalList("response_optional_fields")) {
    asked.fields.insert(std::move(name));
  }
  const bool shows_pending = query.Optional("request_order_status_pending") == "true";
  json::array orders;
  json::array missing;
  for (const std::string& sn : numbers) {
    const Row row = call.world.RowOfOrder(sn);
    const bool own = row != kNoRow && call.world.order(row).shop_id == call.shop.id;
    if (!own || (call.world.order(row).status == OrderStatus::kPending && !shows_pending)) {
      missing.emplace_back(absl::StrCat("The order_sn ", sn, " is not found."));
      continue;
    }
    json::object entry = DescribeDefaults(call.world.order(row));
    AddOptional(call.world, row, asked, entry);
    orders.push_back(std::move(entry));
  }
  if (orders.empty()) return Failure("error_param", "The information you queried is not found.");
  Reply reply = Success({{"order_list", std::move(orders)}});
  if (!missing.empty()) reply.warning = std::move(missing);
  return reply;
}

}  // namespace emulator::api

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>

#include "emulator/api/operations.h"
#include "emulator/api/own_order.h"
#include "emulator/api/params.h"

namespace emulator::api {
namespace {

namespace json = boost::json;
using world::OrderEvent;

constexpr std::array<std::string_view, 4> kReasons = {"OUT_OF_STOCK", "CUSTOMER_REQUEST",
                                                      "UNDELIVERABLE_AREA", "COD_NOT_SUPPORTED"};
constexpr std::size_t kMostItems = 100;

std::string ReadReason(const BodyFields& body, Problem& problem) {
  std::string reason = body.Required("cancel_reason");
  if (std::find(kReasons.begin(), kReasons.end(), reason) == kReasons.end()) {
    problem.WrongParameter("cancel_reason is invalid.");
  }
  return reason;
}

// The items are checked, but the whole order is cancelled.
void CheckItemsOutOfStock(const World& world, Row order, const BodyFields& body, Problem& problem) {
  if (problem) return;
  const Items items = world.ItemsOf(world.order(order));
  for (const json::object* element : body.RequiredObjects("item_list", kMostItems)) {
    const BodyFields fields(*element, problem, "item_list.");
    const auto id = fields.RequiredInt("item_id");
    const auto model = fields.RequiredInt("model_id");
    if (problem) return;
    const bool known = std::any_of(items.begin(), items.end(), [&](const Item& item) {
      return item.item_id == *id && item.model_id == *model;
    });
    if (!known) problem.WrongParameter(absl::StrCat("item ", *id, " is not in the order."));
  }
}

Reply Updated(const World& world, Row order) {
  return Success({{"update_time", world.order(order).update_time}});
}

}  // namespace

Reply CancelOrder(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const Row order = ReadOwnOrder(call, body, problem);
  std::string reason = ReadReason(body, problem);
  if (reason == "OUT_OF_STOCK") CheckItemsOutOfStock(call.world, order, body, problem);
  // No order here has can_partial_cancel_order.
  if (body.HasValue("partial_cancel_item_list"))
    problem.Report("order.error_limit", "Can not cancel this order");
  if (problem) return problem.AsReply();
  const bool done = call.world.lifecycle().Apply(
      call.world, {order, OrderEvent::kCancelBySeller, kNoRow, std::move(reason)});
  if (!done) return Failure("order.error_limit", "Can not cancel this order");
  return Updated(call.world, order);
}

Reply HandleBuyerCancellation(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const Row order = ReadOwnOrder(call, body, problem);
  const std::string operation = body.Required("operation");
  if (operation != "ACCEPT" && operation != "REJECT")
    problem.WrongParameter("operation must be ACCEPT or REJECT.");
  if (problem) return problem.AsReply();
  if (call.world.order(order).status != OrderStatus::kInCancel) {
    return Failure("order.cancel_order_invalid_status",
                   "Invalid order_status.The order status should be IN_CANCEL.");
  }
  const auto event =
      operation == "ACCEPT" ? OrderEvent::kAcceptCancellation : OrderEvent::kRejectCancellation;
  if (!call.world.lifecycle().Apply(call.world, {order, event, kNoRow, {}})) {
    return Failure("logistics.cancel_forder_failed", "Cancel forder failed.");
  }
  return Updated(call.world, order);
}

}  // namespace emulator::api

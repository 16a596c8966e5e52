#include "read_back/order_changes.h"

#include <algorithm>
#include <vector>

#include "firstmile/v1/order_changes.pb.h"
#include "read_back/order_reader.h"
#include "read_back/read_back_texts.h"

namespace firstmile::read_back {
namespace {

using google::protobuf::Message;
using Kind = ReadBackResult::Kind;

bool Contains(const v1::OrderPackage& package, const v1::SplitItem& wanted) {
  const auto same = [&wanted](const v1::OrderPackageItem& item) {
    return item.item_id() == wanted.item_id() && item.model_id() == wanted.model_id() &&
           (!wanted.has_model_quantity() || item.model_quantity() == wanted.model_quantity());
  };
  return std::any_of(package.item_list().begin(), package.item_list().end(), same);
}

bool IsMadeOf(const v1::OrderPackage& package, const v1::PackageToSplit& wanted) {
  return package.item_list_size() == wanted.item_list_size() &&
         std::all_of(wanted.item_list().begin(), wanted.item_list().end(),
                     [&package](const v1::SplitItem& item) { return Contains(package, item); });
}

// Whether each requested package is one of the order's.
bool IsSplitAsRequested(const v1::OrderDetail& order, const v1::SplitOrderRequest& request) {
  if (order.package_list_size() != request.package_list_size()) return false;
  std::vector<const v1::OrderPackage*> open;
  for (const v1::OrderPackage& package : order.package_list()) open.push_back(&package);
  for (const v1::PackageToSplit& wanted : request.package_list()) {
    const auto made = std::find_if(open.begin(), open.end(), [&wanted](const v1::OrderPackage* package) {
      return IsMadeOf(*package, wanted);
    });
    if (made == open.end()) return false;
    open.erase(made);
  }
  return true;
}

void FillPackages(const v1::OrderDetail& order, v1::SplitOrderResponse* response) {
  response->set_order_sn(order.order_sn());
  for (const v1::OrderPackage& package : order.package_list()) {
    v1::SplitPackage* part = response->add_package_list();
    part->set_package_number(package.package_number());
    for (const v1::OrderPackageItem& item : package.item_list()) {
      v1::SplitItem* line = part->add_item_list();
      line->set_item_id(item.item_id());
      line->set_model_id(item.model_id());
      line->set_order_item_id(item.order_item_id());
      line->set_promotion_group_id(item.promotion_group_id());
      if (item.has_model_quantity()) line->set_model_quantity(item.model_quantity());
    }
  }
}

// An item that the request names may be on several lines: once alone and once in a bundle.
bool IsOf(const v1::OrderItem& line, const v1::PartialCancelItem& wanted) {
  return line.item_id() == wanted.item_id() && line.model_id() == wanted.model_id() &&
         (!wanted.has_order_item_id() || line.order_item_id() == wanted.order_item_id()) &&
         (!wanted.has_promotion_group_id() || line.promotion_group_id() == wanted.promotion_group_id());
}

// Fewer are cancelled, or asked to be, than the request wanted.
bool IsUntouched(const v1::OrderDetail& order, const v1::PartialCancelItem& wanted) {
  int lines = 0;
  std::int64_t cancelled = 0;
  for (const v1::OrderItem& line : order.item_list()) {
    if (!IsOf(line, wanted)) continue;
    if (!line.has_cancelled_qty() || !line.has_cancel_requested_qty()) return false;
    cancelled += line.cancelled_qty() + line.cancel_requested_qty();
    ++lines;
  }
  return lines > 0 && cancelled < wanted.model_quantity();
}

// Enough cancelled ones prove nothing: another call may have cancelled them. A mixture may be this call's
// work in progress.
ReadBackResult AfterPartialCancel(const v1::OrderDetail& order, const v1::CancelOrderRequest& request) {
  const bool untouched =
      std::all_of(request.partial_cancel_item_list().begin(), request.partial_cancel_item_list().end(),
                  [&order](const v1::PartialCancelItem& wanted) { return IsUntouched(order, wanted); });
  return {.kind = untouched ? Kind::kNothing : Kind::kUnknown};
}

}  // namespace

// Packages that are other ones than requested may be another caller's.
async::Task<ReadBackResult> AfterSplitOrder(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::SplitOrderRequest&>(message);
  const auto order = co_await ReadOrder(reader, request.shop_id(), request.order_sn());
  if (!order.has_value() || order->package_list().empty()) co_return ReadBackResult{};
  if (order->package_list_size() == 1) co_return ReadBackResult{.kind = Kind::kNothing};
  if (!IsSplitAsRequested(*order, request)) co_return ReadBackResult{};
  auto* response = static_cast<v1::SplitOrderResponse*>(answer);
  FillPackages(*order, response);
  co_return Found(response);
}

async::Task<ReadBackResult> AfterUnsplitOrder(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::UnsplitOrderRequest&>(message);
  const auto order = co_await ReadOrder(reader, request.shop_id(), request.order_sn());
  if (!order.has_value() || order->package_list().empty()) co_return ReadBackResult{};
  if (order->package_list_size() > 1) co_return ReadBackResult{.kind = Kind::kNothing};
  co_return Found(static_cast<v1::UnsplitOrderResponse*>(answer));
}

async::Task<ReadBackResult> AfterCancelOrder(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::CancelOrderRequest&>(message);
  const auto order = co_await ReadOrder(reader, request.shop_id(), request.order_sn());
  if (!order.has_value()) co_return ReadBackResult{};
  if (!request.partial_cancel_item_list().empty()) co_return AfterPartialCancel(*order, request);
  auto* response = static_cast<v1::CancelOrderResponse*>(answer);
  switch (order->order_status()) {
    case v1::ORDER_STATUS_UNSPECIFIED:
    case v1::ORDER_STATUS_IN_CANCEL:  // a buyer's wish, or the beginning of what was requested
      co_return ReadBackResult{};
    case v1::ORDER_STATUS_CANCELLED:
      if (order->has_update_time()) *response->mutable_update_time() = order->update_time();
      co_return Found(response);
    default:
      co_return ReadBackResult{.kind = Kind::kNothing};
  }
}

// Which state follows is not documented: an accepted wish presumably ends as CANCELLED, a rejected one in the
// order's earlier state. IN_CANCEL may be the state before the call, or one on the way.
async::Task<ReadBackResult> AfterHandleBuyerCancellation(ShopReader& reader, const Message& message,
                                                         Message* answer) {
  const auto& request = static_cast<const v1::HandleBuyerCancellationRequest&>(message);
  const auto order = co_await ReadOrder(reader, request.shop_id(), request.order_sn());
  if (!order.has_value()) co_return ReadBackResult{};
  const v1::OrderStatus status = order->order_status();
  if (status == v1::ORDER_STATUS_UNSPECIFIED || status == v1::ORDER_STATUS_IN_CANCEL)
    co_return ReadBackResult{};
  const bool accepted = request.operation() == v1::BUYER_CANCELLATION_OPERATION_ACCEPT;
  if (accepted != (status == v1::ORDER_STATUS_CANCELLED)) co_return ReadBackResult{};
  auto* response = static_cast<v1::HandleBuyerCancellationResponse*>(answer);
  if (order->has_update_time()) *response->mutable_update_time() = order->update_time();
  co_return Found(response);
}

}  // namespace firstmile::read_back

#include "read_back/order_reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "codec/echoes.h"

namespace firstmile::read_back {
namespace {

// Most orders of one get_order_detail.
constexpr std::size_t kOrdersPerRead = 50;

}  // namespace

async::Task<std::optional<std::vector<v1::OrderDetail>>> ReadOrders(ShopReader& reader, std::int64_t shop_id,
                                                                    std::vector<std::string> order_sns) {
  std::vector<v1::OrderDetail> orders;
  for (std::size_t first = 0; first < order_sns.size(); first += kOrdersPerRead) {
    v1::GetOrderDetailRequest request;
    request.set_shop_id(shop_id);
    request.set_request_order_status_pending(true);
    for (const char* name : {"item_list", "package_list"}) request.add_response_optional_fields(name);
    const std::size_t end = std::min(first + kOrdersPerRead, order_sns.size());
    for (std::size_t i = first; i < end; ++i) request.add_order_sn_list(order_sns[i]);
    v1::GetOrderDetailResponse response;
    const bool read = co_await reader.Read(request, &response);
    if (!read) co_return std::nullopt;
    std::move(response.mutable_order_list()->begin(), response.mutable_order_list()->end(),
              std::back_inserter(orders));
  }
  co_return orders;
}

async::Task<std::optional<v1::OrderDetail>> ReadOrder(ShopReader& reader, std::int64_t shop_id,
                                                      std::string order_sn) {
  std::vector<std::string> order_sns = {order_sn};
  auto orders = co_await ReadOrders(reader, shop_id, std::move(order_sns));
  if (!orders.has_value()) co_return std::nullopt;
  for (v1::OrderDetail& order : *orders) {
    if (codec::NamesTheSame(order.order_sn(), order_sn)) co_return std::move(order);
  }
  co_return std::nullopt;
}

}  // namespace firstmile::read_back

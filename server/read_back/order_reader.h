// Reads orders of a shop, to tell what a lost write did to them.
//
// For the shop's loop.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "firstmile/v1/order_detail.pb.h"
#include "read_back/shop_reader.h"

namespace firstmile::read_back {

// The orders that Shopee has, each with its items and packages; nullopt when an answer is missing or
// unusable.
async::Task<std::optional<std::vector<v1::OrderDetail>>> ReadOrders(ShopReader& reader, std::int64_t shop_id,
                                                                    std::vector<std::string> order_sns);

// The order with its items and packages, whose logistics_status tells whether they are shipped. nullopt when
// Shopee's answer is missing, unusable, or has no such order.
async::Task<std::optional<v1::OrderDetail>> ReadOrder(ShopReader& reader, std::int64_t shop_id,
                                                      std::string order_sn);

}  // namespace firstmile::read_back

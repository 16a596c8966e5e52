// Reads back the shipment of a booking.
//
// For the shop's loop.
#pragma once

#include "read_back/read_back_result.h"
#include "read_back/shop_reader.h"

namespace firstmile::read_back {

async::Task<ReadBackResult> AfterShipBooking(ShopReader& reader, const google::protobuf::Message& request,
                                             google::protobuf::Message* response);

}  // namespace firstmile::read_back

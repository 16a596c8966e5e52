// Read-back functions of arranging shipments and of reporting their states.
//
// For the shop's loop.
#pragma once

#include "read_back/read_back_functions.h"

namespace firstmile::read_back {

async::Task<ReadBackResult> AfterShipOrder(ShopReader& reader, const google::protobuf::Message& request,
                                           google::protobuf::Message* response);
async::Task<ReadBackResult> AfterMassShipOrder(ShopReader& reader, const google::protobuf::Message& request,
                                               google::protobuf::Message* response);
async::Task<ReadBackResult> AfterBatchShipOrder(ShopReader& reader, const google::protobuf::Message& request,
                                                google::protobuf::Message* response);

// Never conclusive: no read of Shopee shows the pickup of a package.
async::Task<ReadBackResult> AfterUpdateShippingOrder(ShopReader& reader,
                                                     const google::protobuf::Message& request,
                                                     google::protobuf::Message* response);
async::Task<ReadBackResult> AfterUpdateTrackingStatus(ShopReader& reader,
                                                      const google::protobuf::Message& request,
                                                      google::protobuf::Message* response);

}  // namespace firstmile::read_back

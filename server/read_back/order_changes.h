// Read-back functions of splitting and cancelling orders.
//
// For the shop's loop.
#pragma once

#include "read_back/read_back_functions.h"

namespace firstmile::read_back {

async::Task<ReadBackResult> AfterSplitOrder(ShopReader& reader, const google::protobuf::Message& request,
                                            google::protobuf::Message* response);
async::Task<ReadBackResult> AfterUnsplitOrder(ShopReader& reader, const google::protobuf::Message& request,
                                              google::protobuf::Message* response);
async::Task<ReadBackResult> AfterCancelOrder(ShopReader& reader, const google::protobuf::Message& request,
                                             google::protobuf::Message* response);
async::Task<ReadBackResult> AfterHandleBuyerCancellation(ShopReader& reader,
                                                         const google::protobuf::Message& request,
                                                         google::protobuf::Message* response);

}  // namespace firstmile::read_back

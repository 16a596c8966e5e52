// Read-back functions: each checks Shopee's state for one write's effect.
//
// For the shop's loop.
#pragma once

#include "read_back/read_back_result.h"
#include "read_back/shop_reader.h"

namespace firstmile::read_back {

// Fills the response when it finds an effect. `response` is the write's and contains what is known of its
// answer, usually nothing.
using ReadBackFn = async::Task<ReadBackResult> (*)(ShopReader& reader,
                                                   const google::protobuf::Message& request,
                                                   google::protobuf::Message* response);

// Null for a request that is not a write of the contract.
ReadBackFn FindReadBackFn(const google::protobuf::Descriptor* request);

}  // namespace firstmile::read_back

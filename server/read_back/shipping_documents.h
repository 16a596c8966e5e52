// Reads back the making of shipping documents.
//
// For the shop's loop.
#pragma once

#include "read_back/read_back_result.h"
#include "read_back/shop_reader.h"

namespace firstmile::read_back {

async::Task<ReadBackResult> AfterCreateShippingDocument(ShopReader& reader,
                                                        const google::protobuf::Message& request,
                                                        google::protobuf::Message* response);

async::Task<ReadBackResult> AfterCreateBookingShippingDocument(ShopReader& reader,
                                                               const google::protobuf::Message& request,
                                                               google::protobuf::Message* response);

// Always unknown: no read lists jobs.
async::Task<ReadBackResult> AfterCreateShippingDocumentJob(ShopReader& reader,
                                                           const google::protobuf::Message& request,
                                                           google::protobuf::Message* response);

}  // namespace firstmile::read_back

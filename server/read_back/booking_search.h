// Finds the binding that a courier booking created when its answer was lost.
//
// For the shop's loop.
#pragma once

#include <string>

#include "firstmile/v1/first_mile_courier.pb.h"
#include "read_back/read_back_result.h"
#include "read_back/shop_reader.h"

namespace firstmile::read_back {

struct Booking {
  std::string binding_id;           // empty: none, or ambiguous
  ReadBackResult read_back_result;  // without a binding: whether there is none, or the candidates
};

// Reads all bindings of the last days. The new one holds only orders of the request and is not yet collected
// by a courier. Earlier bindings may match too, so the new one is identified only if it is the only match,
// and every order of the request is on it or on an earlier binding.
async::Task<Booking> FindBooking(ShopReader& reader,
                                 const v1::GenerateAndBindFirstMileTrackingNumberRequest& request);

}  // namespace firstmile::read_back

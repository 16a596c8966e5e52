#include "emulator/api/operations.h"
#include "emulator/api/ship_options.h"

namespace emulator::api {

namespace json = boost::json;

Reply GetAddressList(Call& call) {
  json::object pickup = DescribeAddress(call.shop);
  pickup["address_id"] = call.shop.pickup_address_id;
  pickup["address_type"] = {"DEFAULT_ADDRESS", "PICK_UP_ADDRESS", "FIRST_MILE_PICKUP_ADDRESS"};
  json::object back = DescribeAddress(call.shop);
  constexpr int64_t kReturnAddressOffset = 100000;
  back["address_id"] = call.shop.pickup_address_id + kReturnAddressOffset;
  back["address_type"] = json::array{"RETURN_ADDRESS"};
  return Success(
      {{"show_pickup_address", true}, {"address_list", json::array{std::move(pickup), std::move(back)}}});
}

}  // namespace emulator::api

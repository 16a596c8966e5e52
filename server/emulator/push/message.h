// One push: code, shop and body. Bodies follow Shopee's push documents member by member; they have `ordersn`
// where the API and code 15 have `order_sn`. Pure functions.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace emulator::push {

enum Code : int {
  kVerification = 0,
  kAuthorized = 1,
  kCancelled = 2,
  kOrderStatus = 3,
  kTrackingNumber = 4,
  kExpirySoon = 12,
  kDocument = 15,
  kBookingStatus = 23,
  kBookingTrackingNumber = 24,
  kBookingDocument = 25,
  kFulfillment = 30,
  kCourierBinding = 37,
};

struct Message {
  int code = 0;
  int64_t shop_id = 0;    // 0: a push to the partner, which a block of shops does not affect
  int64_t timestamp = 0;  // Unix seconds
  std::string body;       // the bytes that are signed and sent
};

// The codes that set_app_push_config can switch.
bool IsKnownCode(int64_t code);
std::vector<int> KnownCodes();  // ascending

// {"data":...,"shop_id":...,"code":...,"timestamp":...}
Message ShopMessage(int code, int64_t shop_id, int64_t timestamp, boost::json::object data);
// {"data":...,"partner_id":...,"code":...,"timestamp":...}
Message PartnerMessage(int code, int64_t partner_id, int64_t timestamp, boost::json::object data);

struct ExpiryPage {
  std::vector<int64_t> shops;
  std::vector<int64_t> merchants;
  int64_t expire_before = 0;
  std::size_t page_no = 1;
  std::size_t total_page = 1;
};
Message ExpiryMessage(const ExpiryPage& page, int64_t timestamp);

// The body of the test push to a new callback URL.
std::string VerificationBody();

}  // namespace emulator::push

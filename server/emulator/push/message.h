// One push: its code, its shop, its body. The bodies are those of the platform's push documents, member by
// member; note `ordersn` here versus `order_sn` in the API and in code 15. Pure functions.
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
  kFulfillment = 30,
  kCourierBinding = 37,
};

struct Message {
  int code = 0;
  int64_t shop_id = 0;    // 0: a push to the partner, which no shop's block holds back
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

// What a new callback URL is tried with.
std::string VerificationBody();

}  // namespace emulator::push

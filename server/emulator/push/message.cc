#include "emulator/push/message.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

namespace emulator::push {
namespace {

namespace json = boost::json;

constexpr std::array kCodes = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 15, 16, 22,
                               23, 24, 25, 27, 28, 29, 30, 31, 33, 34, 35, 36, 37, 38, 47};

}  // namespace

bool IsKnownCode(int64_t code) {
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

std::vector<int> KnownCodes() {
  return {kCodes.begin(), kCodes.end()};
}

Message ShopMessage(int code, int64_t shop_id, int64_t timestamp, json::object data) {
  const json::object body = {
      {"data", std::move(data)}, {"shop_id", shop_id}, {"code", code}, {"timestamp", timestamp}};
  return {code, shop_id, timestamp, json::serialize(body)};
}

Message PartnerMessage(int code, int64_t partner_id, int64_t timestamp, json::object data) {
  const json::object body = {
      {"data", std::move(data)}, {"partner_id", partner_id}, {"code", code}, {"timestamp", timestamp}};
  return {code, 0, timestamp, json::serialize(body)};
}

Message ExpiryMessage(const ExpiryPage& page, int64_t timestamp) {
  const json::object data = {
      {"merchant_expire_soon", json::array(page.merchants.begin(), page.merchants.end())},
      {"shop_expire_soon", json::array(page.shops.begin(), page.shops.end())},
      {"user_expire_soon", json::array()},
      {"expire_before", page.expire_before},
      {"page_no", page.page_no},
      {"total_page", page.total_page}};
  const json::object body = {{"code", int{kExpirySoon}}, {"timestamp", timestamp}, {"data", data}};
  return {kExpirySoon, 0, timestamp, json::serialize(body)};
}

std::string VerificationBody() {
  return json::serialize(json::object{{"code", int{kVerification}},
                                      {"data", {{"verify_info", "This is a verification message."}}}});
}

}  // namespace emulator::push

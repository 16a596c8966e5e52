// Calls of a partner and of a merchant, for tests of tokens.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <string>

#include "client.h"

namespace emulator_test {

inline const std::string kTokenGet = "/api/v2/auth/token/get";
inline const std::string kRefresh = "/api/v2/auth/access_token/get";
inline const std::string kShopInfo = "/api/v2/shop/get_shop_info";
inline constexpr int64_t kCnMainAccount = 500001;
inline constexpr int64_t kKrMainAccount = 500002;
inline constexpr int64_t kCnMerchant = 1000001;

// "ref4e5" and the id, zero-padded to 26 digits.
std::string FirstRefreshToken(int64_t id);

// Signs partner calls.
struct PartnerCaller {
  uint16_t port = 0;
  int64_t now = 0;
  std::string key = kDemoKey;

  Params Common(const std::string& path) const;
  HttpReply GetRaw(const std::string& path, const Params& params = {}) const;
  boost::json::object Get(const std::string& path, const Params& params = {}) const;
  boost::json::object Post(const std::string& path, const boost::json::object& body) const;

  // token/get and access_token/get; `id_name` is shop_id, main_account_id or merchant_id.
  boost::json::object Redeem(const std::string& code, const std::string& id_name, int64_t id) const;
  boost::json::object Refresh(const std::string& token, const std::string& id_name, int64_t id) const;
};

// Signs as a merchant.
struct MerchantCaller {
  uint16_t port = 0;
  int64_t now = 0;
  std::string merchant_id = std::to_string(kCnMerchant);
  std::string access_token;

  MerchantCaller(uint16_t port, int64_t now, int64_t merchant = kCnMerchant);
  HttpReply GetRaw(const std::string& path, const Params& params = {}) const;
  boost::json::object Get(const std::string& path, const Params& params = {}) const;
};

}  // namespace emulator_test

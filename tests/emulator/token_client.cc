#include "token_client.h"

#include <utility>

namespace emulator_test {
namespace {

namespace json = boost::json;

constexpr int64_t kPartner = 2001887;

std::string Padded(const std::string& prefix, int64_t id) {
  const std::string digits = std::to_string(id);
  return prefix + std::string(26 - digits.size(), '0') + digits;
}

std::string TargetWith(const std::string& path, Params common, const Params& params) {
  common.insert(common.end(), params.begin(), params.end());
  return TargetOf(path, common);
}

}  // namespace

std::string FirstRefreshToken(int64_t id) {
  return Padded("ref4e5", id);
}

Params PartnerCaller::Common(const std::string& path) const {
  const std::string partner = std::to_string(kPartner);
  const std::string time = std::to_string(now);
  return {{"partner_id", partner}, {"timestamp", time}, {"sign", HmacHex(key, partner + path + time)}};
}

HttpReply PartnerCaller::GetRaw(const std::string& path, const Params& params) const {
  return Connection(port).Send("GET", TargetWith(path, Common(path), params));
}

json::object PartnerCaller::Get(const std::string& path, const Params& params) const {
  return GetRaw(path, params).Json();
}

json::object PartnerCaller::Post(const std::string& path, const json::object& body) const {
  return Connection(port).Send("POST", TargetOf(path, Common(path)), json::serialize(body)).Json();
}

json::object PartnerCaller::Redeem(const std::string& code, const std::string& id_name, int64_t id) const {
  return Post(kTokenGet, {{"code", code}, {"partner_id", kPartner}, {id_name, id}});
}

json::object PartnerCaller::Refresh(const std::string& token, const std::string& id_name, int64_t id) const {
  return Post(kRefresh, {{"refresh_token", token}, {"partner_id", kPartner}, {id_name, id}});
}

MerchantCaller::MerchantCaller(uint16_t port_in, int64_t now_in, int64_t merchant)
    : port(port_in),
      now(now_in),
      merchant_id(std::to_string(merchant)),
      access_token(Padded("acce55", merchant)) {}

HttpReply MerchantCaller::GetRaw(const std::string& path, const Params& params) const {
  const std::string partner = std::to_string(kPartner);
  const std::string time = std::to_string(now);
  const Params common = {{"partner_id", partner},
                         {"timestamp", time},
                         {"access_token", access_token},
                         {"merchant_id", merchant_id},
                         {"sign", HmacHex(kDemoKey, partner + path + time + access_token + merchant_id)}};
  return Connection(port).Send("GET", TargetWith(path, common, params));
}

json::object MerchantCaller::Get(const std::string& path, const Params& params) const {
  return GetRaw(path, params).Json();
}

}  // namespace emulator_test

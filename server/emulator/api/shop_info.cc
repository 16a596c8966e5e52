// get_shop_info. Its payload is at the top level of the answer.
#include "emulator/api/operations.h"
#include "emulator/auth/authorization.h"

namespace emulator::api {

namespace json = boost::json;

Reply GetShopInfo(Call& call) {
  const Shop& shop = call.shop;
  const auth::Grant& grant = auth::GrantOf(call.world, auth::ShopSubject(shop.id));
  const auth::Merchant* merchant = call.world.accounts().MerchantOfShop(shop.id);
  Reply reply;
  reply.top_level = {
      {"shop_name", shop.name},
      {"region", std::string(Name(shop.region))},
      {"status", "NORMAL"},  // the gateway refuses shops in another state
      {"sip_affi_shops", json::array()},
      {"is_cb", true},
      {"auth_time", grant.authorized_at},
      {"expire_time", grant.ends_at},
      {"is_sip", false},
      {"is_upgraded_cbsc", merchant != nullptr},
      {"merchant_id", nullptr},
      {"shop_fulfillment_flag", "Others"},
      {"is_main_shop", false},
      {"is_direct_shop", false},
      {"linked_main_shop_id", 0},
      {"linked_direct_shop_list", json::array()},
      {"is_one_awb", false},
      {"is_mart_shop", false},
      {"is_outlet_shop", false},
  };
  if (merchant != nullptr) reply.top_level["merchant_id"] = merchant->id;
  return reply;
}

}  // namespace emulator::api

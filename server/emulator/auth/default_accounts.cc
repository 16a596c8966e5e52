#include "emulator/auth/default_accounts.h"

#include <absl/strings/str_format.h>

namespace emulator::auth {

void BuildDefaultAccounts(World& world) {
  Accounts& accounts = world.accounts();
  accounts.AddMerchant(kCnMerchant, kCnMainAccount, Region::kCn);
  accounts.AddMerchant(kKrMerchant, kKrMainAccount, Region::kKr);
  for (const int64_t merchant : {kCnMerchant, kKrMerchant}) {
    world.tokens().Pin(MerchantSubject(merchant), absl::StrFormat("acce55%026d", merchant));
  }
  for (const int64_t id : world.ShopIds()) {
    const Shop& shop = *world.FindShop(id);
    if (shop.linked && !shop.banned)
      accounts.AddShop(shop.region == Region::kCn ? kCnMerchant : kKrMerchant, id);
  }
}

}  // namespace emulator::auth

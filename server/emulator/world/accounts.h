// Main accounts of sellers, their merchants, and which shops belong to them. Not thread safe; part of the
// world.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "emulator/world/states.h"
#include "emulator/world/subject.h"

namespace emulator::auth {

struct Merchant {
  int64_t id = 0;
  int64_t main_account_id = 0;
  Region region = Region::kCn;
  bool linked = true;
  std::vector<int64_t> shops;  // ascending
};

// A login covers all its merchants and all their shops.
struct MainAccount {
  int64_t id = 0;
  std::vector<int64_t> merchants;  // ascending
};

class Accounts {
 public:
  Merchant& AddMerchant(int64_t id, int64_t main_account_id, Region region);
  void AddShop(int64_t merchant_id, int64_t shop_id);

  Merchant* FindMerchant(int64_t id);
  const Merchant* FindMerchant(int64_t id) const;
  const Merchant* MerchantOfShop(int64_t shop_id) const;  // null if the shop has no merchant
  const MainAccount* FindMainAccount(int64_t id) const;

  // Shops first, then merchants. Empty if the account is unknown.
  std::vector<Subject> SubjectsOf(int64_t main_account_id) const;

  const std::map<int64_t, Merchant>& merchants() const { return merchants_; }
  const std::map<int64_t, MainAccount>& main_accounts() const { return main_accounts_; }

 private:
  std::map<int64_t, Merchant> merchants_;
  std::map<int64_t, MainAccount> main_accounts_;
  std::map<int64_t, int64_t> merchant_of_shop_;
};

}  // namespace emulator::auth

#include "emulator/world/accounts.h"

#include <algorithm>

namespace emulator::auth {
namespace {

void InsertSorted(std::vector<int64_t>& ids, int64_t id) {
  const auto position = std::lower_bound(ids.begin(), ids.end(), id);
  if (position == ids.end() || *position != id) ids.insert(position, id);
}

template <typename Map>
auto* Find(Map& map, int64_t id) {
  const auto it = map.find(id);
  return it == map.end() ? nullptr : &it->second;
}

}  // namespace

Merchant& Accounts::AddMerchant(int64_t id, int64_t main_account_id, Region region) {
  Merchant& merchant = merchants_[id];
  merchant.id = id;
  merchant.main_account_id = main_account_id;
  merchant.region = region;
  MainAccount& account = main_accounts_[main_account_id];
  account.id = main_account_id;
  InsertSorted(account.merchants, id);
  return merchant;
}

void Accounts::AddShop(int64_t merchant_id, int64_t shop_id) {
  Merchant* merchant = FindMerchant(merchant_id);
  if (merchant == nullptr) return;
  InsertSorted(merchant->shops, shop_id);
  merchant_of_shop_[shop_id] = merchant_id;
}

Merchant* Accounts::FindMerchant(int64_t id) {
  return Find(merchants_, id);
}

const Merchant* Accounts::FindMerchant(int64_t id) const {
  return Find(merchants_, id);
}

const Merchant* Accounts::MerchantOfShop(int64_t shop_id) const {
  const int64_t* id = Find(merchant_of_shop_, shop_id);
  return id == nullptr ? nullptr : FindMerchant(*id);
}

const MainAccount* Accounts::FindMainAccount(int64_t id) const {
  return Find(main_accounts_, id);
}

std::vector<Subject> Accounts::SubjectsOf(int64_t main_account_id) const {
  std::vector<Subject> subjects;
  const MainAccount* account = FindMainAccount(main_account_id);
  if (account == nullptr) return subjects;
  for (const int64_t merchant : account->merchants) {
    for (const int64_t shop : FindMerchant(merchant)->shops) subjects.push_back(ShopSubject(shop));
  }
  for (const int64_t merchant : account->merchants) subjects.push_back(MerchantSubject(merchant));
  return subjects;
}

}  // namespace emulator::auth

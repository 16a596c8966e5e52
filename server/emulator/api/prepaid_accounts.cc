// get_merchant_prepaid_account_list: the courier accounts that pay for courier delivery.
#include "emulator/api/numbered_page.h"
#include "emulator/api/operations.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr int kMaxAccountsPerPage = 10;

// The key and the secret are masked, as in the documented sample.
json::object DescribeAccount() {
  return {{"prepaid_account_id", kPrepaidAccountId},
          {"prepaid_account_courier_key", "zhongtong"},
          {"prepaid_account_courier_name", "中通快递"},
          {"prepaid_account_partner_id", "EMU0000021"},
          {"prepaid_account_partner_key", "********key"},
          {"prepaid_account_partner_secret", "********ret"},
          {"prepaid_account_partner_name", "Emulated account"},
          {"prepaid_account_partner_net", ""},
          {"prepaid_account_partner_code", ""},
          {"prepaid_account_check_man", ""},
          {"prepaid_account_is_default", true}};
}

}  // namespace

Reply GetMerchantPrepaidAccountList(PartnerCall& call) {
  Problem problem;
  NumberedPage page(call.request, kMaxAccountsPerPage, NumberedPage::Presence::kRequired, problem);
  if (problem) return problem.AsReply();
  const bool delivers = call.merchant->region == Region::kCn;  // couriers collect in Mainland China alone
  json::array accounts;
  if (delivers && page.Takes()) accounts.push_back(DescribeAccount());
  return Success({{"total", delivers ? 1 : 0}, {"list", std::move(accounts)}, {"more", page.more()}});
}

}  // namespace emulator::api

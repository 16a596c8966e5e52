// get_shop_list_by_merchant. Its payload is at the top level of the answer.
#include "emulator/api/numbered_page.h"
#include "emulator/api/operations.h"
#include "emulator/auth/authorization.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr int kMaxPerPage = 500;

}  // namespace

Reply GetShopListByMerchant(PartnerCall& call) {
  Problem problem;
  NumberedPage page(call.request, kMaxPerPage, NumberedPage::Presence::kRequired, problem);
  if (problem) return problem.AsReply();
  json::array shops;
  for (const int64_t id : call.merchant->shops) {
    if (!auth::IsLinked(call.world, auth::ShopSubject(id)) || !page.Takes()) continue;
    shops.push_back({{"shop_id", id}, {"sip_affi_shops", json::array()}});
  }
  Reply reply;
  reply.top_level["shop_list"] = std::move(shops);
  reply.top_level["more"] = page.more();
  return reply;
}

}  // namespace emulator::api

// The lists of the partner. Their payload is at the top level of the answer.

#include "emulator/api/numbered_page.h"
#include "emulator/api/operations.h"
#include "emulator/auth/authorization.h"

namespace emulator::api {
namespace {

namespace json = boost::json;
using auth::Subject;

constexpr int kMaxPerPage = 100;

json::object Describe(World& world, Subject subject, Region region, std::string_view id_name) {
  const auth::Grant& grant = auth::GrantOf(world, subject);
  return {{"region", std::string(Name(region))},
          {std::string(id_name), subject.id},
          {"auth_time", grant.authorized_at},
          {"expire_time", grant.ends_at}};
}

}  // namespace

Reply GetShopsByPartner(PartnerCall& call) {
  Problem problem;
  NumberedPage page(call.request, kMaxPerPage, NumberedPage::Presence::kOptional, problem);
  if (problem) return problem.AsReply();
  json::array shops;
  for (const int64_t id : call.world.ShopIds()) {
    const Subject subject = auth::ShopSubject(id);
    if (!auth::IsLinked(call.world, subject) || !page.Takes()) continue;
    json::object shop = Describe(call.world, subject, call.world.FindShop(id)->region, "shop_id");
    shop["sip_affi_shops"] = json::array();
    shops.push_back(std::move(shop));
  }
  Reply reply;
  reply.top_level["authed_shop_list"] = std::move(shops);
  reply.top_level["more"] = page.more();
  return reply;
}

Reply GetMerchantsByPartner(PartnerCall& call) {
  Problem problem;
  NumberedPage page(call.request, kMaxPerPage, NumberedPage::Presence::kOptional, problem);
  if (problem) return problem.AsReply();
  json::array merchants;
  for (const auto& [id, merchant] : call.world.accounts().merchants()) {
    const Subject subject = auth::MerchantSubject(id);
    if (!auth::IsLinked(call.world, subject) || !page.Takes()) continue;
    merchants.push_back(Describe(call.world, subject, merchant.region, "merchant_id"));
  }
  Reply reply;
  reply.top_level["authed_merchant_list"] = std::move(merchants);
  reply.top_level["more"] = page.more();
  return reply;
}

// The emulator sends its pushes from this machine.
Reply GetShopeeIpRanges(PartnerCall& call) {
  static_cast<void>(call);
  Reply reply;
  reply.top_level["ip_list"] = json::array{"127.0.0.0/8", "::1/128"};
  return reply;
}

}  // namespace emulator::api

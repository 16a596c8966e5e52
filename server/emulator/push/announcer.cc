#include "emulator/push/announcer.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <span>
#include <string>
#include <vector>

#include "emulator/auth/authorization.h"
#include "emulator/push/limits.h"
#include "emulator/world/world.h"

namespace emulator::push {
namespace {

namespace json = boost::json;
using auth::Subject;
using auth::SubjectKind;

std::vector<int64_t> IdsOf(const std::vector<Subject>& subjects, SubjectKind kind) {
  std::vector<int64_t> ids;
  for (const Subject subject : subjects) {
    if (subject.kind == kind) ids.push_back(subject.id);
  }
  return ids;
}

json::array ListOf(const std::vector<int64_t>& ids) {
  return json::array(ids.begin(), ids.end());
}

// "shop id 600000 (CN)"
std::string NameOfShop(World& world, int64_t shop_id) {
  const Shop* shop = world.FindShop(shop_id);
  return absl::StrCat("shop id ", shop_id, " (", std::string(shop == nullptr ? "" : Name(shop->region)), ")");
}

// All shops, then all merchants.
std::vector<Subject> AllSubjects(World& world) {
  std::vector<Subject> subjects;
  for (const int64_t id : world.ShopIds()) subjects.push_back(auth::ShopSubject(id));
  for (const auto& [id, merchant] : world.accounts().merchants())
    subjects.push_back(auth::MerchantSubject(id));
  return subjects;
}

// Each authorization is announced once: at the first midnight less than seven days before its end, which for
// a shorter one is the first midnight of its life.
bool IsToBeAnnounced(World& world, Subject subject, int64_t midnight) {
  if (!auth::HasLink(world, subject)) return false;
  const auth::Grant& grant = auth::GrantOf(world, subject);
  const int64_t end = midnight + kExpiryNotice;
  if (grant.ends_at <= midnight || grant.ends_at >= end) return false;
  return grant.ends_at >= end - kSecondsPerDay || grant.authorized_at > midnight - kSecondsPerDay;
}

std::vector<ExpiryPage> Paginate(const std::vector<Subject>& subjects, int64_t expire_before) {
  std::vector<ExpiryPage> pages((subjects.size() + kMaxExpiriesPerPage - 1) / kMaxExpiriesPerPage);
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    ExpiryPage& page = pages[i / kMaxExpiriesPerPage];
    (subjects[i].kind == SubjectKind::kShop ? page.shops : page.merchants).push_back(subjects[i].id);
  }
  for (std::size_t i = 0; i < pages.size(); ++i) {
    pages[i].expire_before = expire_before;
    pages[i].page_no = i + 1;
    pages[i].total_page = pages.size();
  }
  return pages;
}

}  // namespace

void Announcer::OnOrderStatus(const Order& order) {
  if (!outbox_.Wants(kOrderStatus, order.shop_id)) return;
  const std::string_view scenario = order.status == OrderStatus::kCompleted ? "NORMAL" : "";
  outbox_.Add(ShopMessage(kOrderStatus, order.shop_id, order.update_time,
                          {{"items", json::array()},
                           {"ordersn", order.sn},
                           {"status", Name(order.status)},
                           {"completed_scenario", scenario},
                           {"update_time", order.update_time}}));
}

void Announcer::OnTrackingNumber(const Order& order, const Package& package, int64_t at) {
  if (!outbox_.Wants(kTrackingNumber, order.shop_id)) return;
  outbox_.Add(ShopMessage(kTrackingNumber, order.shop_id, at,
                          {{"ordersn", order.sn},
                           {"forder_id", package.number},
                           {"package_number", package.number},
                           {"tracking_no", package.tracking_number}}));
}

void Announcer::OnFulfillment(const Order& order, const Package& package, int64_t at) {
  if (!outbox_.Wants(kFulfillment, order.shop_id)) return;
  outbox_.Add(ShopMessage(kFulfillment, order.shop_id, at,
                          {{"ordersn", order.sn},
                           {"package_number", package.number},
                           {"fulfillment_status", Name(package.logistics_status)},
                           {"update_time", at}}));
}

void Announcer::OnDocument(const Order& order, const Package& package, DocumentState state, int64_t at) {
  if (state == DocumentState::kProcessing || !outbox_.Wants(kDocument, order.shop_id)) return;
  outbox_.Add(ShopMessage(kDocument, order.shop_id, at,
                          {{"order_sn", order.sn},
                           {"package_number", package.number},
                           {"status", state == DocumentState::kReady ? "READY" : "FAILED"}}));
}

void Announcer::OnBookingStatus(const Booking& booking) {
  if (!outbox_.Wants(kBookingStatus, booking.shop_id)) return;
  outbox_.Add(ShopMessage(kBookingStatus, booking.shop_id, booking.update_time,
                          {{"booking_sn", booking.sn},
                           {"booking_status", Name(booking.status)},
                           {"update_time", booking.update_time}}));
}

void Announcer::OnBookingNumber(const Booking& booking, int64_t at) {
  if (!outbox_.Wants(kBookingTrackingNumber, booking.shop_id)) return;
  outbox_.Add(ShopMessage(kBookingTrackingNumber, booking.shop_id, at,
                          {{"booking_sn", booking.sn}, {"tracking_number", booking.tracking_number}}));
}

void Announcer::OnBookingDocument(const Booking& booking, DocumentState state, int64_t at) {
  if (state == DocumentState::kProcessing || !outbox_.Wants(kBookingDocument, booking.shop_id)) return;
  outbox_.Add(ShopMessage(kBookingDocument, booking.shop_id, at,
                          {{"booking_sn", booking.sn}, {"status", Name(state)}}));
}

void Announcer::OnBinding(const FirstMileNumber& binding, std::string_view code, FirstMileStatus status,
                          int64_t at) {
  if (!outbox_.Wants(kCourierBinding, binding.owner_shop)) return;
  outbox_.Add(ShopMessage(kCourierBinding, binding.owner_shop, at,
                          {{"binding_id", binding.binding_id},
                           {"first_mile_tracking_number", code},
                           {"status", Name(status)},
                           {"update_time", at}}));
}

void Announcer::OnAuthorized(World& world, const AccountChange& change, int64_t at) {
  if (!outbox_.Wants(kAuthorized, 0)) return;
  const auto send = [&](json::object data) {
    data["success"] = 1;
    outbox_.Add(PartnerMessage(kAuthorized, partner_id_, at, std::move(data)));
  };
  const std::vector<int64_t> shops = IdsOf(change.subjects, SubjectKind::kShop);
  if (change.main_account_id == 0) {
    return send({{"authorize_type", "shop authorization by user"},
                 {"extra", NameOfShop(world, shops.front()) + " has been authorized successfully"},
                 {"shop_id", shops.front()}});
  }
  if (!shops.empty()) {
    send({{"authorize_type", "shop authorization by user"},
          {"extra", "Shop has been authorized successfully"},
          {"main_account_id", change.main_account_id},
          {"shop_id_list", ListOf(shops)}});
  }
  for (const int64_t merchant : IdsOf(change.subjects, SubjectKind::kMerchant)) {
    send({{"authorize_type", "merchant authorization by user"},
          {"extra", absl::StrCat("merchant id ", merchant, " has been authorized successfully")},
          {"merchant_id", merchant}});
  }
}

void Announcer::OnCancelled(World& world, const AccountChange& change, int64_t at) {
  if (!outbox_.Wants(kCancelled, 0)) return;
  const auto send = [&](const json::object& data) {
    outbox_.Add(PartnerMessage(kCancelled, partner_id_, at, data));
  };
  const std::vector<int64_t> shops = IdsOf(change.subjects, SubjectKind::kShop);
  const std::vector<int64_t> merchants = IdsOf(change.subjects, SubjectKind::kMerchant);
  if (change.main_account_id == 0) {
    return send({{"authorize_type", "user cancel shop authorization"},
                 {"shop_id", shops.front()},
                 {"success", 1},
                 {"extra", NameOfShop(world, shops.front()) + " has been cancelled its authorization"}});
  }
  if (!shops.empty()) {
    send({{"authorize_type", "user cancel shop authorization"},
          {"shop_id_list", ListOf(shops)},
          {"main_account_id", change.main_account_id},
          {"success", 1},
          {"extra", "Shop has been cancelled its authorization"}});
  }
  if (!merchants.empty()) {
    send({{"authorize_type", "user cancel merchant authorization"},
          {"merchant_id_list", ListOf(merchants)},
          {"main_account_id", change.main_account_id},
          {"success", 1},
          {"extra", "merchant shop cancelled its authorization"}});
  }
}

void Announcer::OnMidnight(World& world, int64_t at) {
  if (!outbox_.enabled()) return;
  AnnounceExpired(world, at);
  AnnounceExpiringSoon(world, at);
}

// The samples of an expiry have `shopid` instead of `shop_id`.
void Announcer::AnnounceExpired(World& world, int64_t at) {
  if (!outbox_.Wants(kCancelled, 0)) return;
  for (const Subject subject : AllSubjects(world)) {
    if (!auth::HasLink(world, subject)) continue;
    const int64_t ends_at = auth::GrantOf(world, subject).ends_at;
    if (ends_at > at || ends_at <= at - kSecondsPerDay) continue;
    outbox_.Add(PartnerMessage(kCancelled, partner_id_, at,
                               {{"authorize_type", "expiry"},
                                {subject.kind == SubjectKind::kShop ? "shopid" : "merchant_id", subject.id},
                                {"success", 1},
                                {"extra", "The authorization is expired."}}));
  }
}

void Announcer::AnnounceExpiringSoon(World& world, int64_t at) {
  if (!outbox_.Wants(kExpirySoon, 0)) return;
  std::vector<Subject> subjects = AllSubjects(world);
  std::erase_if(subjects, [&](Subject subject) { return !IsToBeAnnounced(world, subject, at); });
  for (const ExpiryPage& page : Paginate(subjects, at + kExpiryNotice)) outbox_.Add(ExpiryMessage(page, at));
}

}  // namespace emulator::push

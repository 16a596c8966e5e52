#include "seller.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <ctime>
#include <utility>

#include "emulator/world/civil_day.h"
#include "token_client.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kFirstMile = "/api/v2/first_mile/";
const std::string kLogistics = "/api/v2/logistics/";

constexpr uint64_t kBusyShops = 4;  // get half of all actions, so that calls collide
constexpr int kOwnNumbers = 5;      // dropoff numbers of a shop
constexpr int64_t kFirstAddress = 11222;

// How often each action is drawn.
constexpr std::array<std::pair<Action, uint64_t>, kActionNames.size()> kWeights = {
    {{Action::kList, 12},
     {Action::kTrack, 12},
     {Action::kGenerate, 6},
     {Action::kBind, 25},
     {Action::kUnbind, 15},
     {Action::kCourier, 5},
     {Action::kShip, 10},
     {Action::kPrint, 5},
     {Action::kRefresh, 6},
     {Action::kAuthorize, 1},
     {Action::kReadControlPages, 2},
     {Action::kLeaveEarly, 1}}};

Action ActionAt(uint64_t position) {
  for (const auto& [action, weight] : kWeights) {
    if (position < weight) return action;
    position -= weight;
  }
  return Action::kList;
}

constexpr uint64_t kWeightSum = [] {
  uint64_t sum = 0;
  for (const auto& [action, weight] : kWeights) sum += weight;
  return sum;
}();

const json::array* ListIn(const json::object& answer, std::string_view name) {
  const json::value* response = answer.if_contains("response");
  if (response == nullptr || !response->is_object()) return nullptr;
  const json::value* list = response->get_object().if_contains(name);
  return list == nullptr ? nullptr : list->if_array();
}

}  // namespace

std::string Seller::Today() const {
  return DaysAgo(0);
}

std::string Seller::DaysAgo(int days) const {
  return emulator::FormatDay(emulator::DayOf(emulator_.Now()) - days);
}

// Up to `most` random rows of a list in the response, as objects with order_sn and package_number alone.
json::array Seller::DrawSome(const json::object& answer, std::string_view list, std::size_t most) {
  json::array some;
  const json::array* rows = ListIn(answer, list);
  if (rows == nullptr || rows->empty()) return some;
  const std::size_t first = Draw(rows->size());
  for (std::size_t i = first; i < std::min(first + most, rows->size()); ++i) {
    const json::object* row = (*rows)[i].if_object();
    if (row == nullptr || Text(*row, "package_number").empty()) continue;  // a fault may have changed it
    some.push_back({{"order_sn", Text(*row, "order_sn")}, {"package_number", Text(*row, "package_number")}});
  }
  return some;
}

HttpReply Seller::Exchange(const std::string& verb, const std::string& target, const std::string& body) {
  if (connection_ == nullptr) connection_ = std::make_unique<Connection>(emulator_.port());
  HttpReply reply = connection_->Send(verb, target, body);
  ++tally_.calls;
  if (reply.status == 0) {
    ++tally_.unanswered;
    connection_.reset();
  }
  return reply;
}

Seller::Answer Seller::ParseSuccess(const HttpReply& reply) {
  boost::system::error_code error;
  json::value value = json::parse(reply.body, error);
  if (!error && value.is_object() && reply.status == 200 && Text(value.get_object(), "error").empty()) {
    return std::move(value.get_object());
  }
  if (reply.status != 0) ++tally_.refused;
  return std::nullopt;
}

std::string Seller::Target(const std::string& path, const Params& params) const {
  Caller caller(emulator_.port(), std::time(nullptr), shop_);
  caller.access_token = tokens_.Of(shop_).access;
  return caller.Target(path, params);
}

Seller::Answer Seller::Get(const std::string& path, const Params& params) {
  return ParseSuccess(Exchange("GET", Target(path, params), ""));
}

Seller::Answer Seller::Post(const std::string& path, const json::object& body) {
  return ParseSuccess(Exchange("POST", Target(path, {}), json::serialize(body)));
}

Seller::Answer Seller::PostAsPartner(const std::string& path, const json::object& body) {
  const PartnerCaller partner{emulator_.port(), std::time(nullptr)};
  return ParseSuccess(Exchange("POST", TargetOf(path, partner.Common(path)), json::serialize(body)));
}

void Seller::ActOnce() {
  const uint64_t index = Draw(Draw(2) == 0 ? kBusyShops : kSoakShops);
  shop_ = emulator::kFirstShopId + static_cast<int64_t>(index);
  is_cn_ = index % 5 != 4;
  const Action action = ActionAt(Draw(kWeightSum));
  if (Do(action)) ++tally_.done[static_cast<std::size_t>(action)];
}

bool Seller::Do(Action action) {
  switch (action) {
    case Action::kList:
      return List();
    case Action::kTrack:
      return Track();
    case Action::kGenerate:
      return Generate();
    case Action::kBind:
      return Bind();
    case Action::kUnbind:
      return Unbind();
    case Action::kCourier:
      return BindCourier();
    case Action::kShip:
      return Ship();
    case Action::kPrint:
      return Print();
    case Action::kRefresh:
      return Refresh();
    case Action::kAuthorize:
      return Authorize();
    case Action::kReadControlPages:
      return ReadControlPages();
    case Action::kLeaveEarly:
      return LeaveEarly();
  }
  return false;
}

bool Seller::List() {
  const int64_t now = emulator_.Now();
  return Get("/api/v2/order/get_order_list",
             {{"time_range_field", Draw(2) == 0 ? "create_time" : "update_time"},
              {"time_from", std::to_string(now - 14 * 86400)},
              {"time_to", std::to_string(now)},
              {"page_size", "50"}})
      .has_value();
}

bool Seller::Track() {
  const auto unbound = Get(kFirstMile + "get_unbind_order_list", {{"page_size", "20"}});
  const json::array* rows = unbound ? ListIn(*unbound, "order_list") : nullptr;
  if (rows == nullptr || rows->empty() || !rows->front().is_object()) return false;
  return Get(kLogistics + "get_tracking_number", {{"order_sn", Text(rows->front().get_object(), "order_sn")},
                                                  {"response_optional_fields", "first_mile_tracking_number"}})
      .has_value();
}

bool Seller::Generate() {
  return Post(kFirstMile + "generate_first_mile_tracking_number",
              {{"declare_date", Today()}, {"quantity", static_cast<int64_t>(Draw(3) + 1)}})
      .has_value();
}

bool Seller::Bind() {
  const auto unbound = Get(kFirstMile + "get_unbind_order_list",
                           {{"page_size", "50"}, {"response_optional_fields", "package_number"}});
  const json::array orders = unbound ? DrawSome(*unbound, "order_list", Draw(5) + 1) : json::array();
  return !orders.empty() && BindTo(orders);
}

bool Seller::BindTo(const json::array& orders) {
  json::object body = {{"region", is_cn_ ? "CN" : "KR"}, {"order_list", orders}};
  if (Draw(3) == 0) {
    body["first_mile_tracking_number"] = "SFSOAK" + std::to_string(shop_) + std::to_string(Draw(kOwnNumbers));
    body["shipment_method"] = "dropoff";
    body["logistics_channel_id"] = is_cn_ ? 8101 : 8201;
  } else {
    const auto numbers = Get(kFirstMile + "get_tracking_number_list",
                             {{"from_date", DaysAgo(3)}, {"to_date", Today()}, {"page_size", "50"}});
    const json::array* list = numbers ? ListIn(*numbers, "first_mile_tracking_number_list") : nullptr;
    if (list == nullptr || list->empty()) return false;
    const json::object* number = (*list)[Draw(list->size())].if_object();
    if (number == nullptr) return false;
    const bool pickup = Draw(2) == 0;
    body["first_mile_tracking_number"] = Text(*number, "first_mile_tracking_number");
    body["shipment_method"] = pickup ? "pickup" : "self_deliver";
    body["logistics_channel_id"] = pickup ? json::value(813) : json::value(nullptr);
  }
  return Post(kFirstMile + "bind_first_mile_tracking_number", body).has_value();
}

bool Seller::Unbind() {
  const std::string number = "SFSOAK" + std::to_string(shop_) + std::to_string(Draw(kOwnNumbers));
  const auto detail = Get(kFirstMile + "get_detail", {{"first_mile_tracking_number", number}});
  const json::array orders = detail ? DrawSome(*detail, "order_list", Draw(3) + 1) : json::array();
  if (orders.empty()) return false;
  return Post(kFirstMile + "unbind_first_mile_tracking_number",
              {{"first_mile_tracking_number", number}, {"order_list", orders}})
      .has_value();
}

bool Seller::BindCourier() {
  if (!is_cn_) return false;
  const auto unbound = Get(kFirstMile + "get_unbind_order_list",
                           {{"page_size", "50"}, {"response_optional_fields", "package_number"}});
  const json::array orders = unbound ? DrawSome(*unbound, "order_list", 3) : json::array();
  if (orders.empty()) return false;
  return Post(kFirstMile + "generate_and_bind_first_mile_tracking_number",
              {{"shipment_method", "courier_delivery"},
               {"region", "CN"},
               {"order_list", orders},
               {"courier_delivery_info",
                {{"address_id", kFirstAddress + shop_ - emulator::kFirstShopId},
                 {"warehouse_id", "ECP03"},
                 {"logistics_product_id", 1010004},
                 {"prepaid_account_id", 21},
                 {"courier_service_id", "LCN70002"}}}})
      .has_value();
}

bool Seller::Ship() {
  const auto waiting = Get("/api/v2/order/get_shipment_list", {{"page_size", "50"}});
  const json::array orders = waiting ? DrawSome(*waiting, "order_list", 1) : json::array();
  if (orders.empty()) return false;
  return Post(kLogistics + "ship_order",
              {{"order_sn", orders[0].at("order_sn")}, {"dropoff", {{"branch_id", 1}}}})
      .has_value();
}

bool Seller::Print() {
  const auto unbound = Get(kFirstMile + "get_unbind_order_list",
                           {{"page_size", "50"}, {"response_optional_fields", "package_number"}});
  json::array orders = unbound ? DrawSome(*unbound, "order_list", 2) : json::array();
  if (orders.empty()) return false;
  for (json::value& order : orders) {
    const auto tracked = Get(kLogistics + "get_tracking_number",
                             {{"order_sn", Text(order.as_object(), "order_sn")},
                              {"package_number", Text(order.as_object(), "package_number")}});
    const json::value* response = tracked ? tracked->if_contains("response") : nullptr;
    if (response == nullptr || !response->is_object()) return false;
    order.as_object()["tracking_number"] = Text(response->get_object(), "tracking_number");
  }
  return Post(kLogistics + "create_shipping_document", {{"order_list", orders}}).has_value();
}

std::optional<Tokens> Seller::NewPair(const Answer& answer) const {
  if (!answer) return std::nullopt;
  Tokens pair{Text(*answer, "access_token"), Text(*answer, "refresh_token")};
  return pair.access.empty() || pair.refresh.empty() ? std::nullopt : std::optional(std::move(pair));
}

// Other sellers may use the same refresh token at the same time. Without an answer it may be spent, so that
// the seller has to consent again.
bool Seller::Refresh() {
  const std::string token = tokens_.Of(shop_).refresh;
  const auto pair = NewPair(PostAsPartner(
      kRefresh, {{"refresh_token", token}, {"partner_id", emulator::kDemoPartnerId}, {"shop_id", shop_}}));
  if (pair) {
    tokens_.Refreshed(shop_, token, *pair);
  } else if (tokens_.Of(shop_).refresh == token) {
    Authorize();
  }
  return pair.has_value();
}

bool Seller::Authorize() {
  const std::string code = emulator_.AuthorizeShop(shop_);
  const auto pair = NewPair(PostAsPartner(
      kTokenGet, {{"code", code}, {"partner_id", emulator::kDemoPartnerId}, {"shop_id", shop_}}));
  if (pair) tokens_.Authorized(shop_, *pair);
  return pair.has_value();
}

bool Seller::ReadControlPages() {
  static const std::array<std::string, 6> kPages = {
      "/_emulator/state",           "/_emulator/counters", "/_emulator/shop?shop_id=600000",
      "/_emulator/journal?limit=5", "/_emulator/tokens",   "/_emulator/faults"};
  return Exchange("GET", kPages[Draw(kPages.size())], "").status == 200;
}

// Sends a call and closes without waiting for the answer.
bool Seller::LeaveEarly() {
  connection_ = std::make_unique<Connection>(emulator_.port());
  const bool sent = connection_->SendRaw("GET " + Target(kFirstMile + "get_channel_list", {}) +
                                         " HTTP/1.1\r\nHost: emulator\r\n\r\n");
  connection_.reset();
  return sent;
}

}  // namespace emulator_test

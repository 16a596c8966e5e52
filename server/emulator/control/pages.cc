#include "emulator/control/pages.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <span>
#include <string>

#include "emulator/api/routes.h"
#include "emulator/control/access.h"
#include "emulator/control/auth_pages.h"
#include "emulator/control/clock_pages.h"
#include "emulator/control/fault_json.h"
#include "emulator/control/json_answer.h"
#include "emulator/control/order_pages.h"
#include "emulator/control/push_pages.h"
#include "emulator/control/rate_pages.h"
#include "emulator/control/state_pages.h"
#include "emulator/http/limits.h"
#include "emulator/page/status_page.h"

namespace emulator::control {
namespace {

namespace json = boost::json;
using engine::Engine;
using CountersReader = std::function<Counters()>;

http::Answer ListShops(Engine& engine) {
  json::array shops;
  engine.WithWorld([&shops](World& world) {
    for (const int64_t id : world.ShopIds()) {
      const Shop& shop = *world.FindShop(id);
      shops.push_back({{"shop_id", id},
                       {"access_token", shop.access_token},
                       {"region", std::string(Name(shop.region))},
                       {"name", shop.name},
                       {"linked", shop.linked},
                       {"unbound_orders", shop.unbound.size()}});
    }
  });
  return Ok(json::object{{"shops", std::move(shops)}});
}

// All entries, or the newest ?limit=.
http::Answer ShowJournal(Engine& engine, const http::Request& request) {
  json::array requests;
  const std::vector<RequestRecord> journal = engine.request_log().Journal();
  std::size_t first = 0;
  if (const std::string* text = request.Find("limit")) {
    std::size_t limit = 0;
    const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (failure != std::errc() || end != text->data() + text->size())
      return Error(400, "limit must be a number");
    first = journal.size() - std::min(limit, journal.size());
  }
  for (const RequestRecord& record : std::span(journal).subspan(first)) {
    requests.push_back({{"sequence", record.sequence},
                        {"time", record.time},
                        {"verb", record.verb},
                        {"path", record.path},
                        {"query", record.query},
                        {"body", record.body},
                        {"status", record.status},
                        {"error", record.error},
                        {"request_id", record.request_id}});
  }
  return Ok(json::object{{"requests", std::move(requests)}});
}

http::Answer ListOperations() {
  json::array operations;
  for (const api::Route& route : api::Routes()) {
    operations.push_back({{"verb", route.verb}, {"path", route.path}});
  }
  return Ok(json::object{{"operations", std::move(operations)}});
}

http::Answer ShowCounters(const Counters& counters) {
  json::object requests;
  for (const auto& [path, count] : counters.requests) requests[path] = count;
  return Ok(json::object{{"requests", std::move(requests)},
                         {"total_requests", counters.total_requests},
                         {"in_flight", counters.in_flight},
                         {"max_in_flight", counters.max_in_flight},
                         {"abandoned", counters.abandoned},
                         {"connections", counters.connections},
                         {"accepted", counters.accepted},
                         {"rates", DescribeCounts(counters.rates)},
                         {"merchant_rates", DescribeCounts(counters.merchant_rates)}});
}

http::Answer ListFaults(Engine& engine) {
  json::array faults;
  for (const Fault& fault : engine.faults().All()) faults.push_back(DescribeFault(fault));
  return Ok(json::object{{"faults", std::move(faults)}});
}

http::Answer AddFault(Engine& engine, const http::Request& request) {
  json::value storage;
  const json::object* object = ParseBody(request, storage);
  if (object == nullptr) return Error(400, "the body must be a JSON object");
  Fault fault;
  const std::string wrong = ParseFault(*object, fault);
  if (!wrong.empty()) return Error(400, wrong);
  if (!engine.faults().Add(fault)) return Error(409, "there are 1000 faults already; DELETE some");
  return ListFaults(engine);
}

// All faults, or the one with ?id=.
http::Answer RemoveFaults(Engine& engine, const http::Request& request) {
  const std::string* id = request.Find("id");
  if (id == nullptr) {
    engine.faults().Clear();
    return ListFaults(engine);
  }
  uint64_t number = 0;
  const auto [end, failure] = std::from_chars(id->data(), id->data() + id->size(), number);
  if (failure != std::errc() || end != id->data() + id->size()) return Error(400, "id must be a number");
  return engine.faults().Remove(number) ? ListFaults(engine) : Error(404, "unknown fault id");
}

http::Answer ListPresets() {
  json::array presets;
  for (const std::string& name : PresetNames()) presets.push_back(DescribeFault(*PresetFault(name)));
  return Ok(json::object{{"presets", std::move(presets)}});
}

http::Answer EditShop(Engine& engine, const http::Request& request) {
  json::value storage;
  const json::object* object = ParseBody(request, storage);
  const json::value* id = object == nullptr ? nullptr : object->if_contains("shop_id");
  if (id == nullptr || !id->is_int64()) return Error(400, "shop_id is required, as an integer");
  const json::value* token = object->if_contains("access_token");
  const json::value* linked = object->if_contains("linked");
  if (token != nullptr && !token->is_string()) return Error(400, "access_token must be a string");
  if (linked != nullptr && !linked->is_bool()) return Error(400, "linked must be a boolean");
  bool found = false;
  engine.WithWorld([&](World& world) {
    Shop* shop = world.FindShop(id->get_int64());
    found = shop != nullptr;
    if (found && token != nullptr) shop->access_token = std::string(token->get_string());
    if (found && linked != nullptr) shop->linked = linked->get_bool();
  });
  return found ? ListShops(engine) : Error(404, "unknown shop_id");
}

http::Answer EditNumber(Engine& engine, const http::Request& request) {
  json::value storage;
  const json::object* object = ParseBody(request, storage);
  if (object == nullptr) return Error(400, "the body must be a JSON object");
  const json::value* code = object->if_contains("first_mile_tracking_number");
  const json::value* status = object->if_contains("status");
  const bool strings = code != nullptr && code->is_string() && status != nullptr && status->is_string();
  const auto parsed = strings ? ParseFirstMileStatus(std::string_view(status->get_string()))
                              : std::optional<FirstMileStatus>();
  if (!parsed)
    return Error(400, "first_mile_tracking_number (or a binding id) and a known status are required");
  const std::string key(code->get_string());
  bool found = false;
  engine.WithWorld([&](World& world) {
    FirstMileNumber* number = world.FindNumber(key);
    if (number == nullptr) number = world.FindBinding(key);
    found = number != nullptr;
    if (found) world.SetNumberStatus(*number, *parsed, world.Now());
  });
  return found ? Ok(json::object{{"ok", true}})
               : Error(404, "unknown first_mile_tracking_number or binding id");
}

http::Answer EditLatency(Engine& engine, const http::Request& request) {
  json::value storage;
  const json::object* object = ParseBody(request, storage);
  const json::value* latency = object == nullptr ? nullptr : object->if_contains("latency_ms");
  if (latency == nullptr || !latency->is_int64() || latency->get_int64() < 0 ||
      latency->get_int64() > http::kMaxDelay.count()) {
    return Error(400, "latency_ms is required, as an integer from 0 to 3600000");
  }
  engine.SetLatency(std::chrono::milliseconds(latency->get_int64()));
  return Ok(json::object{{"latency_ms", latency->get_int64()}});
}

struct Page {
  std::string_view verb;
  std::string_view path;
  std::string_view purpose;
  http::Answer (*serve)(Engine&, const CountersReader&, const http::Request&);
};

constexpr Page kPages[] = {
    {"GET", "/_emulator/ui", "the status page, for a browser",
     [](Engine&, const CountersReader&, const http::Request&) { return page::StatusPage(); }},
    {"GET", "/_emulator/events", "server-sent events: change {version, now}",  // see events.h
     [](Engine&, const CountersReader&, const http::Request&) {
       return Error(500, "this page is a stream of events");
     }},
    {"GET", "/_emulator/state", "counts of orders, numbers and bindings, shop by shop",
     [](Engine& e, const CountersReader&, const http::Request&) { return ShowState(e); }},
    {"GET", "/_emulator/shop", "one shop, its newest numbers and orders: ?shop_id=",
     [](Engine& e, const CountersReader&, const http::Request& r) { return ShowShop(e, r); }},
    {"GET", "/_emulator/snapshot", "names of the snapshots",
     [](Engine& e, const CountersReader&, const http::Request&) { return ListSnapshots(e); }},
    {"POST", "/_emulator/snapshot", "keep a copy of the world: {name?}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return TakeSnapshot(e, r); }},
    {"DELETE", "/_emulator/snapshot", "forget all snapshots",
     [](Engine& e, const CountersReader&, const http::Request&) {
       e.ForgetSnapshots();
       return ListSnapshots(e);
     }},
    {"POST", "/_emulator/restore", "restore the world of a snapshot; the clock is unchanged: {name?}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return RestoreSnapshot(e, r); }},
    {"GET", "/_emulator/shops", "shops and their access tokens",
     [](Engine& e, const CountersReader&, const http::Request&) { return ListShops(e); }},
    {"POST", "/_emulator/shops", "change a shop: {shop_id, access_token?, linked?}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return EditShop(e, r); }},
    {"POST", "/_emulator/numbers", "set a state: {first_mile_tracking_number, status}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return EditNumber(e, r); }},
    {"POST", "/_emulator/orders",
     "create an order, as in a seed file: {shop_id, order_sn?, status?, age_seconds?, create_time?, "
     "packages?, "
     "events?}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return CreateOrder(e, r); }},
    {"GET", "/_emulator/order_events", "what can happen to an order, and in which states",
     [](Engine&, const CountersReader&, const http::Request&) { return ListOrderEvents(); }},
    {"POST", "/_emulator/order_events",
     "let it happen: {order_sn, event, package_number?, reason?, after_seconds?}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return ChangeOrder(e, r); }},
    {"GET", "/_emulator/clock", "Shopee's time, how it runs, how many events are planned",
     [](Engine& e, const CountersReader&, const http::Request&) { return ShowClock(e); }},
    {"POST", "/_emulator/clock", "move the clock forward and run the events due by then: {advance_seconds}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return MoveClock(e, r); }},
    {"POST", "/_emulator/latency", "delay every answer: {latency_ms}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return EditLatency(e, r); }},
    {"GET", "/_emulator/rate_limit", "the rate limits",
     [](Engine& e, const CountersReader&, const http::Request&) { return ListRateLimits(e); }},
    {"POST", "/_emulator/rate_limit",
     "limit the calls per second of each shop and merchant; 0 removes: {per_second, shop_id or merchant_id?, "
     "path?, window?: fixed or sliding}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return SetRateLimit(e, r); }},
    {"DELETE", "/_emulator/rate_limit", "remove all rate limits",
     [](Engine& e, const CountersReader&, const http::Request&) {
       e.rate_limiter().Clear();
       return ListRateLimits(e);
     }},
    {"GET", "/_emulator/journal", "the newest API requests, oldest first: ?limit=",
     [](Engine& e, const CountersReader&, const http::Request& r) { return ShowJournal(e, r); }},
    {"GET", "/_emulator/operations", "verbs and paths of the API",
     [](Engine&, const CountersReader&, const http::Request&) { return ListOperations(); }},
    {"GET", "/_emulator/counters",
     "requests by path, in flight, connections, accepted and refused by rate limits",
     [](Engine&, const CountersReader& c, const http::Request&) { return ShowCounters(c()); }},
    {"GET", "/_emulator/tokens", "token pairs and refreshes of shops and merchants",
     [](Engine& e, const CountersReader&, const http::Request&) { return ListTokens(e); }},
    {"POST", "/_emulator/authorize", "consent without a browser: {shop_id or main_account_id, days?}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return Authorize(e, r); }},
    {"POST", "/_emulator/resend_code", "a resend code: {shop_id or main_account_id}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return IssueResendCode(e, r); }},
    {"POST", "/_emulator/expire",
     "end it now: {shop_id or merchant_id, what: access_token, refresh_token or authorization}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return ExpireNow(e, r); }},
    {"GET", "/_emulator/faults", "the faults",
     [](Engine& e, const CountersReader&, const http::Request&) { return ListFaults(e); }},
    {"POST", "/_emulator/faults",
     "add one: {action or preset, path?, shop_id?, skip?, times?, probability?, after_effect?, status?, "
     "content_type?, body?, headers?, delay_ms?, bytes?, changes?, error?, message?, name?}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return AddFault(e, r); }},
    {"DELETE", "/_emulator/faults", "remove all faults, or one: ?id=",
     [](Engine& e, const CountersReader&, const http::Request& r) { return RemoveFaults(e, r); }},
    {"GET", "/_emulator/pushes", "the newest pushes and the state of their delivery: ?limit=",
     [](Engine& e, const CountersReader&, const http::Request& r) { return ListPushes(e, r); }},
    {"POST", "/_emulator/push",
     "send a push to the callback, or lose it: {code, shop_id?, data? or body?, lost?}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return SendPush(e, r); }},
    {"POST", "/_emulator/callback", "a callback that accepts every push",
     [](Engine&, const CountersReader&, const http::Request&) { return AcceptPush(); }},
    {"GET", "/_emulator/presets", "ready-made faults: POST {preset, ...} to faults",
     [](Engine&, const CountersReader&, const http::Request&) { return ListPresets(); }},
    {"POST", "/_emulator/reset", "restore the initial world; clear faults, pushes, journal and counters",
     [](Engine& e, const CountersReader&, const http::Request&) {
       e.Reset();
       return Ok(json::object{{"ok", true}});
     }},
};

http::Answer ShowIndex() {
  json::array pages;
  for (const Page& page : kPages) {
    pages.push_back({{"verb", std::string(page.verb)},
                     {"path", std::string(page.path)},
                     {"purpose", std::string(page.purpose)}});
  }
  return Ok(json::object{{"emulator", "shopee-emulator"}, {"pages", std::move(pages)}});
}

}  // namespace

http::Answer ServeControl(Engine& engine, const CountersReader& counters, const http::Request& request) {
  if (auto refusal = RefuseAccess(engine.options(), request)) return *std::move(refusal);
  const bool is_index = request.path == "/_emulator" || request.path == "/_emulator/";
  if (is_index && request.verb == "GET") return ShowIndex();
  bool known = is_index;
  for (const Page& page : kPages) {
    if (page.path != request.path) continue;
    known = true;
    if (page.verb != request.verb) continue;
    http::Answer answer = page.serve(engine, counters, request);
    if (page.verb != "GET") engine.Touch();
    return answer;
  }
  return known ? Error(405, "wrong verb; GET /_emulator/ lists the calls")
               : Error(404, "unknown page; GET /_emulator/ lists the calls");
}

}  // namespace emulator::control

#include "emulator/control/pages.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "emulator/control/fault_json.h"

namespace emulator::control {
namespace {

namespace json = boost::json;
using engine::Engine;
using CountersReader = std::function<Counters()>;

http::Answer Ok(const json::value& value) {
  http::Answer answer;
  answer.body = json::serialize(value) + "\n";
  return answer;
}

http::Answer Error(int status, const std::string& text) {
  http::Answer answer = Ok(json::object{{"error", text}});
  answer.status = status;
  return answer;
}

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

http::Answer ShowJournal(Engine& engine) {
  json::array requests;
  for (const RequestRecord& record : engine.ledger().Journal()) {
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

http::Answer ShowCounters(const Counters& counters) {
  json::object requests;
  for (const auto& [path, count] : counters.requests) requests[path] = count;
  return Ok(json::object{{"requests", std::move(requests)},
                         {"total_requests", counters.total_requests},
                         {"in_flight", counters.in_flight},
                         {"max_in_flight", counters.max_in_flight},
                         {"abandoned", counters.abandoned},
                         {"connections", counters.connections},
                         {"accepted", counters.accepted}});
}

http::Answer ListFaults(Engine& engine) {
  json::array faults;
  for (const Fault& fault : engine.faults().All()) faults.push_back(DescribeFault(fault));
  return Ok(json::object{{"faults", std::move(faults)}});
}

// The body as an object, or a null pointer.
const json::object* ParseBody(const http::Request& request, json::value& storage) {
  boost::system::error_code error;
  storage = json::parse(request.body, error);
  return error ? nullptr : storage.if_object();
}

http::Answer AddFault(Engine& engine, const http::Request& request) {
  json::value storage;
  const json::object* object = ParseBody(request, storage);
  if (object == nullptr) return Error(400, "the body must be a JSON object");
  Fault fault;
  const std::string wrong = ParseFault(*object, fault);
  if (!wrong.empty()) return Error(400, wrong);
  engine.faults().Add(fault);
  return ListFaults(engine);
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
  return found ? ListShops(engine) : Error(404, "no such shop");
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
    if (found) number->status = *parsed;
  });
  return found ? Ok(json::object{{"ok", true}}) : Error(404, "no such number");
}

http::Answer EditLatency(Engine& engine, const http::Request& request) {
  json::value storage;
  const json::object* object = ParseBody(request, storage);
  const json::value* latency = object == nullptr ? nullptr : object->if_contains("latency_ms");
  if (latency == nullptr || !latency->is_int64() || latency->get_int64() < 0) {
    return Error(400, "latency_ms is required, as an integer of 0 or more");
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

constexpr std::array<Page, 10> kPages = {{
    {"GET", "/_emulator/shops", "shops and their access tokens",
     [](Engine& e, const CountersReader&, const http::Request&) { return ListShops(e); }},
    {"POST", "/_emulator/shops", "change a shop: {shop_id, access_token?, linked?}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return EditShop(e, r); }},
    {"POST", "/_emulator/numbers", "set a state: {first_mile_tracking_number, status}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return EditNumber(e, r); }},
    {"POST", "/_emulator/latency", "delay every answer: {latency_ms}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return EditLatency(e, r); }},
    {"GET", "/_emulator/journal", "the newest API requests, oldest first",
     [](Engine& e, const CountersReader&, const http::Request&) { return ShowJournal(e); }},
    {"GET", "/_emulator/counters", "requests by path, in flight, connections",
     [](Engine&, const CountersReader& c, const http::Request&) { return ShowCounters(c()); }},
    {"GET", "/_emulator/faults", "the faults that are set",
     [](Engine& e, const CountersReader&, const http::Request&) { return ListFaults(e); }},
    {"POST", "/_emulator/faults",
     "add one: {action, path?, shop_id?, skip?, times?, after_effect?, status?, content_type?, body?, "
     "headers?, "
     "delay_ms?, bytes?}",
     [](Engine& e, const CountersReader&, const http::Request& r) { return AddFault(e, r); }},
    {"DELETE", "/_emulator/faults", "remove all faults",
     [](Engine& e, const CountersReader&, const http::Request&) {
       e.faults().Clear();
       return ListFaults(e);
     }},
    {"POST", "/_emulator/reset", "a fresh world; faults, journal and counters cleared",
     [](Engine& e, const CountersReader&, const http::Request&) {
       e.Reset();
       return Ok(json::object{{"ok", true}});
     }},
}};

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
  if (!request.peer_is_loopback && !engine.options().control_from_anywhere) {
    return Error(403, "the control API answers loopback addresses only");
  }
  const bool is_index = request.path == "/_emulator" || request.path == "/_emulator/";
  if (is_index && request.verb == "GET") return ShowIndex();
  bool known = is_index;
  for (const Page& page : kPages) {
    if (page.path != request.path) continue;
    known = true;
    if (page.verb == request.verb) return page.serve(engine, counters, request);
  }
  return known ? Error(405, "wrong verb; GET /_emulator/ lists what there is")
               : Error(404, "unknown page; GET /_emulator/ lists what there is");
}

}  // namespace emulator::control

// Arbitrary calls to the emulator's operations and its control API, a few in a row on one world.
#include <boost/json/parse.hpp>

#include "absl/strings/str_cat.h"
#include "emulator/api/routes.h"
#include "emulator/control/pages.h"
#include "emulator/engine/api_exchange.h"
#include "emulator/http/target.h"
#include "emulator/sign.h"
#include "emulator/world/state_check.h"
#include "fuzz/fuzz.h"

namespace firstmile::fuzzing {
namespace {

namespace json = boost::json;
using emulator::http::Request;
using emulator::http::Step;

constexpr int kCallsMax = 4;
constexpr int kStepsMax = 64;  // for one answer in pieces
constexpr std::int64_t kNow = 1'700'000'000;

emulator::engine::Engine& TheEngine() {
  emulator::Options options;
  options.extra_shops = 1;
  options.unbound_orders = 0;  // the minimum
  options.orders_per_shop = 2;
  options.now = [] { return kNow; };
  static auto* const engine = new emulator::engine::Engine(options);
  return *engine;
}

struct Page {
  std::string verb;
  std::string path;
};

// A request from this machine with the given query.
Request RequestFor(std::string_view verb, std::string_view path, absl::string_view query,
                   absl::string_view body) {
  Request request;
  request.verb = verb;
  request.path = path;
  request.raw_query = std::string(query);
  request.query = emulator::http::ParseQuery(request.raw_query);
  request.content_type = "application/json";
  request.body = std::string(body);
  request.peer_address = "127.0.0.1";
  request.peer_is_loopback = true;
  return request;
}

emulator::http::Answer Control(const Request& request) {
  return emulator::control::ServeControl(TheEngine(), [] { return emulator::Counters(); }, request);
}

// The control API's own list; the event stream is left out, since it needs a server.
const std::vector<Page>& Pages() {
  static const auto* const pages = [] {
    auto* all = new std::vector<Page>();
    const json::value index = json::parse(Control(RequestFor("GET", "/_emulator", "", "")).body);
    for (const json::value& page : index.at("pages").as_array()) {
      const std::string path(page.at("path").as_string());
      if (path != "/_emulator/events") all->push_back({std::string(page.at("verb").as_string()), path});
    }
    return all;
  }();
  return *pages;
}

void CheckAnswer(const emulator::http::Answer& answer) {
  for (const auto& [name, value] : answer.headers) Promise(IsOneLine(value), "a header is one line", value);
  if (answer.content_type != "application/json") return;
  boost::system::error_code error;
  json::parse(answer.body, error);
  Promise(!error, "an answer of JSON is JSON", answer.body);
}

void CallControl(const Page& page, absl::string_view query, absl::string_view body) {
  const emulator::http::Answer answer = Control(RequestFor(page.verb, page.path, query, body));
  Promise(answer.status < 500, "what is wrong with a call is the caller's",
          absl::StrCat(page.path, " ", answer.body));
  CheckAnswer(answer);
}

// With the common parameters in front, so that the operation is reached.
std::string Signed(const emulator::api::Route& route, absl::string_view query) {
  const std::string time = absl::StrCat(TheEngine().Now());
  const std::string path(route.path);
  std::string base = absl::StrCat(emulator::kDemoPartnerId, path, time);
  std::string text = absl::StrCat("partner_id=", emulator::kDemoPartnerId, "&timestamp=", time);
  if (route.scope == emulator::api::Scope::kShop) {
    const std::string token = emulator::DefaultAccessToken(emulator::kFirstShopId);
    absl::StrAppend(&base, token, emulator::kFirstShopId);
    absl::StrAppend(&text, "&access_token=", token, "&shop_id=", emulator::kFirstShopId);
  }
  return absl::StrCat(text, "&sign=", emulator::Sign(emulator::kDemoPartnerKey, base), "&", query);
}

void CallOperation(const emulator::api::Route& route, absl::string_view query, absl::string_view body) {
  const bool faulty = !TheEngine().faults().All().empty();
  emulator::engine::ApiExchange exchange(TheEngine(),
                                         RequestFor(route.verb, route.path, Signed(route, query), body));
  for (int i = 0; i < kStepsMax; ++i) {
    const Step step = exchange.Next();
    if (step.kind == Step::Kind::kAnswer && !faulty) {
      Promise(step.answer.status < 500, "Shopee is well", step.answer.body);
      CheckAnswer(step.answer);
    }
    if (step.kind == Step::Kind::kAnswer || step.kind == Step::Kind::kClose ||
        step.kind == Step::Kind::kStaySilent || step.kind == Step::Kind::kEnd) {
      return;
    }
  }
}

void CheckWorld() {
  std::string broken;
  TheEngine().WithWorld(
      [&broken](emulator::World& world) { broken = emulator::world::FindBrokenRule(world); });
  Promise(broken.empty(), "the world stays consistent", broken);
}

}  // namespace
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto routes = emulator::api::Routes();
  Input input(data, size);
  TheEngine().Reset();
  TheEngine().ForgetSnapshots();
  for (int calls = 1 + input.Byte() % kCallsMax; calls > 0; --calls) {
    const bool control = input.Byte() % 2 == 0;
    const std::uint8_t which = input.Byte();
    const absl::string_view query = input.Text();
    const absl::string_view body = calls == 1 ? input.Rest() : input.Text();
    if (control) {
      CallControl(Pages()[which % Pages().size()], query, body);
    } else {
      CallOperation(routes[which % routes.size()], query, body);
    }
  }
  CheckWorld();
  return 0;
}

}  // namespace firstmile::fuzzing

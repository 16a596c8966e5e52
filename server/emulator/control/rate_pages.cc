#include "emulator/control/rate_pages.h"

#include <boost/json/array.hpp>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/control/json_answer.h"

namespace emulator::control {
namespace {

namespace json = boost::json;

constexpr std::string_view kFixed = "fixed";
constexpr std::string_view kSliding = "sliding";

// Returns "" or an error text.
std::string Parse(const json::object& body, RateLimit& limit) {
  const json::value* per_second = body.if_contains("per_second");
  const int64_t rate = per_second != nullptr && per_second->is_int64() ? per_second->get_int64() : -1;
  if (rate < 0 || rate > std::numeric_limits<int>::max()) {
    return "per_second is required, as an integer from 0 to 1000000";
  }
  limit.per_second = static_cast<int>(rate);
  for (const auto& [name, id] :
       {std::pair("shop_id", &limit.shop_id), std::pair("merchant_id", &limit.merchant_id)}) {
    const json::value* given = body.if_contains(name);
    if (given == nullptr) continue;
    if (!given->is_int64()) return std::string(name) + " must be an integer";
    *id = given->get_int64();
  }
  if (const json::value* path = body.if_contains("path")) {
    if (!path->is_string()) return "path must be a string";
    limit.path = std::string(path->get_string());
  }
  if (const json::value* window = body.if_contains("window")) {
    const std::string_view name =
        window->is_string() ? std::string_view(window->get_string()) : std::string_view();
    if (name != kFixed && name != kSliding) return "window must be \"fixed\" or \"sliding\"";
    if (name == kSliding) limit.window = RateLimit::Window::kSliding;
  }
  return "";
}

}  // namespace

http::Answer ListRateLimits(engine::Engine& engine) {
  json::array limits;
  for (const RateLimit& limit : engine.rate_limiter().Limits()) {
    json::object entry{{"per_second", limit.per_second}};
    if (limit.shop_id != 0) entry["shop_id"] = limit.shop_id;
    if (limit.merchant_id != 0) entry["merchant_id"] = limit.merchant_id;
    if (!limit.path.empty()) entry["path"] = limit.path;
    entry["window"] = limit.window == RateLimit::Window::kSliding ? kSliding : kFixed;
    limits.push_back(std::move(entry));
  }
  return Ok(json::object{{"rate_limits", std::move(limits)}});
}

http::Answer SetRateLimit(engine::Engine& engine, const http::Request& request) {
  json::value storage;
  const json::object* body = ParseBody(request, storage);
  if (body == nullptr) return Error(400, "the body must be a JSON object");
  RateLimit limit;
  if (const std::string wrong = Parse(*body, limit); !wrong.empty()) return Error(400, wrong);
  if (const std::string wrong = engine.rate_limiter().Set(limit); !wrong.empty()) return Error(400, wrong);
  return ListRateLimits(engine);
}

json::object DescribeCounts(const std::map<int64_t, RateCount>& counts) {
  json::object by_id;
  for (const auto& [id, count] : counts) {
    by_id[std::to_string(id)] = {{"accepted", count.accepted}, {"refused", count.refused}};
  }
  return by_id;
}

}  // namespace emulator::control

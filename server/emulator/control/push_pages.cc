#include "emulator/control/push_pages.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <vector>

#include "emulator/api/params.h"
#include "emulator/control/json_answer.h"
#include "emulator/push/callback_url.h"
#include "emulator/push/limits.h"

namespace emulator::control {
namespace {

namespace json = boost::json;
using engine::Engine;

constexpr int64_t kMaxCode = 1'000'000;

std::string_view NameOf(PushRecord::State state) {
  switch (state) {
    case PushRecord::State::kWaiting:
      return "waiting";
    case PushRecord::State::kInFlight:
      return "in_flight";
    case PushRecord::State::kDelivered:
      return "delivered";
    case PushRecord::State::kLost:
      return "lost";
    case PushRecord::State::kDropped:
      return "dropped";
  }
  return "";
}

std::string_view NameOf(PushRecord::Answer answer) {
  switch (answer) {
    case PushRecord::Answer::kPending:
      return "";
    case PushRecord::Answer::kAccepted:
      return "accepted";
    case PushRecord::Answer::kHasBody:
      return "body is not empty";
    case PushRecord::Answer::kBadStatus:
      return "status is not 2xx";
    case PushRecord::Answer::kNone:
      return "none in time";
  }
  return "";
}

json::object Describe(const PushRecord& push) {
  json::object described{{"id", push.id},
                         {"code", push.code},
                         {"shop_id", push.shop_id},
                         {"timestamp", push.timestamp},
                         {"body", push.body},
                         {"attempts", push.attempts},
                         {"state", NameOf(push.state)},
                         {"answer", NameOf(push.answer)}};
  if (push.state == PushRecord::State::kWaiting) described["next_attempt_at"] = push.next_attempt_at;
  return described;
}

const json::value* Find(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

// Returns "" and fills `message`, or returns an error text.
std::string ReadPush(const Engine& engine, const json::object& object, push::Message& message) {
  const json::value* code = Find(object, "code");
  const json::value* shop = Find(object, "shop_id");
  const json::value* data = Find(object, "data");
  const json::value* body = Find(object, "body");
  if (code == nullptr || !code->is_int64() || code->get_int64() < 0 || code->get_int64() > kMaxCode) {
    return "code is required, as an integer from 0 to 1000000";
  }
  if (shop != nullptr && !shop->is_int64()) return "shop_id must be an integer";
  if (data != nullptr && !data->is_object()) return "data must be an object";
  if (body != nullptr && !body->is_string()) return "body must be a string: it is sent as it is";
  if (data != nullptr && body != nullptr) return "data and body exclude each other";
  const int number = static_cast<int>(code->get_int64());
  const int64_t shop_id = shop == nullptr ? 0 : shop->get_int64();
  const json::object fields = data == nullptr ? json::object() : data->get_object();
  message = shop_id == 0 ? push::PartnerMessage(number, engine.options().partner_id, engine.Now(), fields)
                         : push::ShopMessage(number, shop_id, engine.Now(), fields);
  if (body != nullptr) message.body = std::string(body->get_string());
  return message.body.size() > push::kMaxMessageBytes ? "the push is longer than 16 KiB" : "";
}

}  // namespace

http::Answer ListPushes(Engine& engine, const http::Request& request) {
  const std::vector<PushRecord> all = engine.pushes().Records();
  std::size_t first = 0;
  if (const std::string* text = request.Find("limit")) {
    const auto limit = api::ParseInteger(*text);
    if (!limit || *limit < 0) return Error(400, "limit must be a number");
    first = all.size() - std::min(static_cast<std::size_t>(*limit), all.size());
  }
  json::array pushes;
  for (const PushRecord& push : std::span(all).subspan(first)) pushes.push_back(Describe(push));
  const push::Subscription now = engine.pushes().subscription();
  return Ok(json::object{{"callback_url", push::RedactUrl(now.config.callback_url)},
                         {"live_push_status", Name(now.status)},
                         {"pushes", std::move(pushes)}});
}

http::Answer SendPush(Engine& engine, const http::Request& request) {
  json::value storage;
  const json::object* object = ParseBody(request, storage);
  if (object == nullptr) return Error(400, "the body must be a JSON object");
  push::Message message;
  const std::string wrong = ReadPush(engine, *object, message);
  if (!wrong.empty()) return Error(400, wrong);
  const json::value* lost = Find(*object, "lost");
  if (lost != nullptr && !lost->is_bool()) return Error(400, "lost must be true or false");
  if (lost != nullptr && lost->get_bool()) {
    engine.pushes().LoseByHand(message);
    return Ok(json::object{{"body", message.body}});
  }
  if (!engine.pushes().AddByHand(message))
    return Error(409, "no callback is set; call set_app_push_config or start with --push_url");
  return Ok(json::object{{"body", message.body}});
}

http::Answer AcceptPush() {
  http::Answer answer;
  answer.content_type = "text/plain";
  return answer;
}

}  // namespace emulator::control

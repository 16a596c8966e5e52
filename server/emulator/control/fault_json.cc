#include "emulator/control/fault_json.h"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <string_view>
#include <utility>

#include "emulator/http/limits.h"

namespace emulator::control {
namespace {

namespace json = boost::json;

// In the order of Fault::Action.
constexpr std::array<std::string_view, 9> kActions = {
    "answer", "delay", "never_answer", "close", "truncate", "slow_body", "mutate", "error", "cut_head"};
// In the order of BodyChange::Kind.
constexpr std::array<std::string_view, 4> kChanges = {"retype", "drop", "set", "add"};
constexpr std::size_t kMaxChanges = 100;

bool ReadString(const json::value& value, std::string& out) {
  if (!value.is_string()) return false;
  out = std::string(value.get_string());
  return true;
}

template <typename Int>
bool ReadInt(const json::value& value, Int least, Int& out) {
  if (!value.is_int64() || !std::in_range<Int>(value.get_int64())) return false;
  if (static_cast<Int>(value.get_int64()) < least) return false;
  out = static_cast<Int>(value.get_int64());
  return true;
}

bool ReadAction(const json::value& value, Fault& fault) {
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    if (value.is_string() && value.get_string() == kActions[i]) {
      fault.action = static_cast<Fault::Action>(i);
      return true;
    }
  }
  return false;
}

// A body given as JSON is sent as its text.
bool ReadBody(const json::value& value, Fault& fault) {
  if (value.is_object() || value.is_array()) {
    fault.body = json::serialize(value);
    return true;
  }
  return ReadString(value, fault.body);
}

bool ReadHeaders(const json::value& value, Fault& fault) {
  if (!value.is_object()) return false;
  for (const auto& header : value.get_object()) {
    std::string text;
    if (!ReadString(header.value(), text)) return false;
    fault.headers.emplace_back(std::string(header.key()), text);
  }
  return true;
}

bool ReadDelay(const json::value& value, Fault& fault) {
  int64_t delay = 0;
  if (!ReadInt<int64_t>(value, 0, delay) || delay > http::kMaxDelay.count()) return false;
  fault.delay = std::chrono::milliseconds(delay);
  return true;
}

bool ReadProbability(const json::value& value, Fault& fault) {
  if (!value.is_number()) return false;
  fault.probability = value.to_number<double>();
  return fault.probability >= 0 && fault.probability <= 1;
}

// One edit: {"drop":"response.more"} or {"set":"**.status","value":"NEW"}.
bool ReadChange(const json::object& object, BodyChange& change) {
  const json::value* value = object.if_contains("value");
  if (object.size() != (value == nullptr ? 1U : 2U)) return false;
  if (value != nullptr) change.value = json::serialize(*value);
  for (std::size_t i = 0; i < kChanges.size(); ++i) {
    if (const json::value* at = object.if_contains(kChanges[i])) {
      change.kind = static_cast<BodyChange::Kind>(i);
      return ReadString(*at, change.at) && !change.at.empty();
    }
  }
  return false;
}

bool ReadChanges(const json::value& value, Fault& fault) {
  if (!value.is_array() || value.get_array().size() > kMaxChanges) return false;
  for (const json::value& element : value.get_array()) {
    BodyChange change;
    if (!element.is_object() || !ReadChange(element.get_object(), change)) return false;
    fault.changes.push_back(std::move(change));
  }
  return true;
}

bool ReadBehaviour(std::string_view name, const json::value& value, Fault& fault) {
  if (name == "delay_ms") return ReadDelay(value, fault);
  if (name == "bytes") return ReadInt<std::size_t>(value, 0, fault.bytes);
  if (name == "close_after") return ReadInt<std::size_t>(value, 0, fault.close_after);
  if (name == "changes") return ReadChanges(value, fault);
  if (name == "error") return ReadString(value, fault.error);
  if (name == "message") return ReadString(value, fault.message);
  if (name == "name") return ReadString(value, fault.name);
  if (name == "probability") return ReadProbability(value, fault);
  if (name != "after_effect" || !value.is_bool()) return false;
  fault.after_effect = value.get_bool();
  return true;
}

bool ReadMember(std::string_view name, const json::value& value, Fault& fault) {
  if (name == "path") return ReadString(value, fault.path);
  if (name == "shop_id") return ReadInt<int64_t>(value, 0, fault.shop_id);
  if (name == "skip") return ReadInt(value, 0, fault.skip);
  if (name == "times") return ReadInt(value, -1, fault.times);
  if (name == "action") return ReadAction(value, fault);
  if (name == "status") return ReadInt(value, 200, fault.status) && fault.status < 600;
  if (name == "content_type") return ReadString(value, fault.content_type);
  if (name == "body") return ReadBody(value, fault);
  if (name == "headers") return ReadHeaders(value, fault);
  return ReadBehaviour(name, value, fault);
}

// The other members override those of the preset.
std::string StartFromPreset(const json::object& object, Fault& fault) {
  const json::value* preset = object.if_contains("preset");
  if (preset == nullptr) {
    if (object.contains("action")) return "";
    return "action (answer, delay, never_answer, close, truncate, slow_body, mutate, error or cut_head) or "
           "preset is required";
  }
  std::string name;
  const auto found = ReadString(*preset, name) ? PresetFault(name) : std::nullopt;
  if (!found) return "unknown preset; GET /_emulator/presets lists them";
  fault = *found;
  return "";
}

json::array DescribeChanges(const Fault& fault) {
  json::array changes;
  for (const BodyChange& change : fault.changes) {
    json::object described{{kChanges[static_cast<std::size_t>(change.kind)], change.at}};
    boost::system::error_code error;
    const bool has_value = change.kind == BodyChange::Kind::kSet || change.kind == BodyChange::Kind::kAdd;
    if (has_value) described["value"] = json::parse(change.value, error);
    changes.push_back(std::move(described));
  }
  return changes;
}

}  // namespace

std::string ParseFault(const json::object& object, Fault& fault) {
  std::string wrong = StartFromPreset(object, fault);
  if (!wrong.empty()) return wrong;
  for (const auto& member : object) {
    if (member.key() == "preset") continue;
    if (!ReadMember(member.key(), member.value(), fault)) {
      return "unknown member or wrong value: " + std::string(member.key());
    }
  }
  if (fault.action == Fault::Action::kError && !object.contains("status") && !object.contains("preset")) {
    fault.status = 200;  // the status of most Shopee errors
  }
  if (fault.action == Fault::Action::kSlowBody && fault.bytes == 0)
    return "slow_body needs bytes of 1 or more";
  return "";
}

json::object DescribeFault(const Fault& fault) {
  json::object headers;
  for (const auto& [name, value] : fault.headers) headers[name] = value;
  json::value close_after;  // null: never
  if (fault.close_after != std::numeric_limits<std::size_t>::max()) close_after = fault.close_after;
  return {{"id", fault.id},
          {"name", fault.name},
          {"path", fault.path},
          {"shop_id", fault.shop_id},
          {"skip", fault.skip},
          {"times", fault.times},
          {"probability", fault.probability},
          {"acted", fault.acted},
          {"action", kActions[static_cast<std::size_t>(fault.action)]},
          {"after_effect", fault.after_effect},
          {"status", fault.status},
          {"content_type", fault.content_type},
          {"body", fault.body},
          {"headers", std::move(headers)},
          {"delay_ms", fault.delay.count()},
          {"bytes", fault.bytes},
          {"close_after", std::move(close_after)},
          {"changes", DescribeChanges(fault)},
          {"error", fault.error},
          {"message", fault.message}};
}

}  // namespace emulator::control

#include "emulator/control/fault_json.h"

#include <array>
#include <boost/json/serialize.hpp>
#include <string_view>

namespace emulator::control {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 5> kActions = {"answer", "delay", "never_answer", "close", "truncate"};

bool ReadString(const json::value& value, std::string& out) {
  if (!value.is_string()) return false;
  out = std::string(value.get_string());
  return true;
}

template <typename Int>
bool ReadInt(const json::value& value, Int least, Int& out) {
  if (!value.is_int64() || value.get_int64() < static_cast<int64_t>(least)) return false;
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

// A body may also be written as JSON, which is then sent as text.
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
  if (!ReadInt<int64_t>(value, 0, delay)) return false;
  fault.delay = std::chrono::milliseconds(delay);
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
  if (name == "delay_ms") return ReadDelay(value, fault);
  if (name == "bytes") return ReadInt<std::size_t>(value, 0, fault.bytes);
  if (name != "after_effect" || !value.is_bool()) return false;
  fault.after_effect = value.get_bool();
  return true;
}

}  // namespace

std::string ParseFault(const json::object& object, Fault& fault) {
  if (!object.contains("action")) return "action is required: answer, delay, never_answer, close or truncate";
  for (const auto& member : object) {
    if (!ReadMember(member.key(), member.value(), fault)) {
      return "unknown member or wrong value: " + std::string(member.key());
    }
  }
  return "";
}

json::object DescribeFault(const Fault& fault) {
  json::object headers;
  for (const auto& [name, value] : fault.headers) headers[name] = value;
  return {{"path", fault.path},
          {"shop_id", fault.shop_id},
          {"skip", fault.skip},
          {"times", fault.times},
          {"action", std::string(kActions[static_cast<std::size_t>(fault.action)])},
          {"after_effect", fault.after_effect},
          {"status", fault.status},
          {"content_type", fault.content_type},
          {"body", fault.body},
          {"headers", std::move(headers)},
          {"delay_ms", fault.delay.count()},
          {"bytes", fault.bytes}};
}

}  // namespace emulator::control

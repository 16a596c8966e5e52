// Ready-made faults. The texts are the documented ones.
#include <array>
#include <string_view>

#include "emulator/emulator.h"

namespace emulator {
namespace {

using Action = Fault::Action;
using Change = BodyChange::Kind;

constexpr int kForbidden = 403;
constexpr int kTooManyRequests = 429;

void SetError(Fault& fault, std::string_view error, std::string_view message, int status = 200) {
  fault.action = Action::kError;
  fault.status = status;
  fault.error = error;
  fault.message = message;
}

void SetHtml(Fault& fault, int status, std::string_view title) {
  fault.action = Action::kAnswer;
  fault.status = status;
  fault.content_type = "text/html";
  fault.body = "<html><head><title>" + std::string(title) + "</title></head><body><center><h1>" +
               std::string(title) + "</h1></center></body></html>\r\n";
}

void SetAction(Fault& fault, Action action, bool after_effect = false) {
  fault.action = action;
  fault.after_effect = after_effect;
}

void AddChange(Fault& fault, Change kind, std::string_view at, std::string_view value = "null") {
  fault.action = Action::kMutate;
  fault.changes.push_back({kind, std::string(at), std::string(value)});
}

struct Preset {
  std::string_view name;
  void (*fill)(Fault& fault);
};

constexpr std::array kPresets = {
    Preset{"html_502", [](Fault& f) { SetHtml(f, 502, "502 Bad Gateway"); }},
    Preset{"html_503", [](Fault& f) { SetHtml(f, 503, "503 Service Temporarily Unavailable"); }},
    Preset{"html_200", [](Fault& f) { SetHtml(f, 200, "Maintenance"); }},
    Preset{"empty_500", [](Fault& f) { SetAction(f, Action::kAnswer); }},
    Preset{"rate_limit",
           [](Fault& f) {
             SetError(f, "error_rate_limit",
                      "Too many requests. You have reached the rate limit. Please try again later.");
           }},
    Preset{"rate_limit_429",
           [](Fault& f) {
             SetError(f, "error_rate_limit",
                      "Too many requests. You have reached the rate limit. Please try again later.",
                      kTooManyRequests);
           }},
    Preset{"daily_quota",
           [](Fault& f) {
             SetError(
                 f, "error_limit",
                 "The total API call number made by your APP has reached the daily API call limit, please "
                 "try again after 00: 00 (UTC+08:00)");
           }},
    Preset{"expired_token",
           [](Fault& f) {
             SetError(f, "invalid_acceess_token", "Invalid access_token, please have a check.", kForbidden);
           }},
    Preset{"permission", [](Fault& f) { SetError(f, "error_auth", "No permission to current api."); }},
    Preset{"app_permission",
           [](Fault& f) {
             SetError(f, "error_api_permission", "This app type has no permission to this API.");
           }},
    Preset{"key_expired",
           [](Fault& f) {
             SetError(f, "error_partner_key_expired",
                      "Your API partner key has expired, please reset the Live API Partner Key in Console to "
                      "get a new valid partner key to call open api.");
           }},
    Preset{"shop_not_linked",
           [](Fault& f) { SetError(f, "shop_no_linked", "Partner and shop has no linked."); }},
    Preset{"server_error",
           [](Fault& f) { SetError(f, "error_server", "Something wrong. Please try later."); }},
    Preset{"inner_network", [](Fault& f) { SetError(f, "error_network", "Inner http call failed"); }},
    Preset{"cut_before", [](Fault& f) { SetAction(f, Action::kClose); }},
    Preset{"lost_answer", [](Fault& f) { SetAction(f, Action::kClose, true); }},
    Preset{"silent", [](Fault& f) { SetAction(f, Action::kNeverAnswer); }},
    Preset{"slow",
           [](Fault& f) {
             SetAction(f, Action::kDelay);
             f.delay = std::chrono::milliseconds(2000);
           }},
    Preset{"slow_body",
           [](Fault& f) {
             SetAction(f, Action::kSlowBody);
             f.bytes = 16;
             f.delay = std::chrono::milliseconds(100);
           }},
    Preset{"truncated", [](Fault& f) { SetAction(f, Action::kTruncate); }},
    Preset{"wrong_types", [](Fault& f) { AddChange(f, Change::kRetype, "**"); }},
    Preset{"missing_fields",
           [](Fault& f) {
             for (const char* at : {"request_id", "message", "response.more", "response.next_cursor",
                                    "**.package_number", "**.shipment_method", "**.update_time"}) {
               AddChange(f, Change::kDrop, at);
             }
           }},
    Preset{"null_response", [](Fault& f) { AddChange(f, Change::kSet, "response"); }},
    Preset{"unknown_fields",
           [](Fault& f) { AddChange(f, Change::kAdd, "**.emulator_unknown", R"({"list":[1,"two",null]})"); }},
    Preset{"unknown_enum",
           [](Fault& f) {
             for (const char* at : {"**.status", "**.logistics_status", "**.order_status",
                                    "**.shipment_method", "**.region"}) {
               AddChange(f, Change::kSet, at, R"("EMULATOR_UNKNOWN")");
             }
           }},
};

}  // namespace

std::optional<Fault> PresetFault(const std::string& name) {
  for (const Preset& preset : kPresets) {
    if (preset.name != name) continue;
    Fault fault;
    preset.fill(fault);
    fault.name = name;
    return fault;
  }
  return std::nullopt;
}

std::vector<std::string> PresetNames() {
  std::vector<std::string> names;
  names.reserve(std::size(kPresets));
  for (const Preset& preset : kPresets) names.emplace_back(preset.name);
  return names;
}

}  // namespace emulator

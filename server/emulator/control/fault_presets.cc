// Ready-made faults. Error texts are documented or reported ones.
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

void SetText(Fault& fault, int status, std::string_view content_type, std::string_view body) {
  fault.action = Action::kAnswer;
  fault.status = status;
  fault.content_type = content_type;
  fault.body = body;
}

void AddChange(Fault& fault, Change kind, std::string_view at, std::string_view value = "null") {
  fault.action = Action::kMutate;
  fault.changes.push_back({kind, std::string(at), std::string(value)});
}

constexpr char kRedeemPath[] = "/api/v2/auth/token/get";
constexpr char kRefreshPath[] = "/api/v2/auth/access_token/get";

// An error of one token call; other calls use the same texts.
void SetTokenError(Fault& fault, const char* path, std::string_view error, std::string_view message) {
  SetError(fault, error, message);
  fault.path = path;
}

// Changes the rows of a batch in either of the lists that may hold them.
void ChangeRows(Fault& fault, Change kind, std::string_view member, std::string_view value = "null") {
  for (const std::string list : {"response.order_list", "response.success_list", "response.result_list"}) {
    AddChange(fault, kind, list + std::string(member), value);
  }
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
    Preset{"element_trouble",
           [](Fault& f) {
             ChangeRows(f, Change::kAdd, ".fail_error", R"("error_network")");
             ChangeRows(f, Change::kAdd, ".fail_message", R"("Inner http call failed")");
           }},
    Preset{"html_403", [](Fault& f) { SetHtml(f, 403, "403 Forbidden"); }},
    Preset{"refresh_not_found",
           [](Fault& f) {
             SetTokenError(f, kRefreshPath, "error_param", "The information you queried is not found.");
           }},
    Preset{"refresh_parameter",
           [](Fault& f) { SetTokenError(f, kRefreshPath, "error_param", "parameter invalid"); }},
    Preset{"refresh_not_linked",
           [](Fault& f) { SetTokenError(f, kRefreshPath, "error_auth", "Partner and shop has no linked."); }},
    Preset{
        "refresh_access_expired",
        [](Fault& f) { SetTokenError(f, kRefreshPath, "error_auth", "Your access to shop has expired."); }},
    Preset{"code_invalid", [](Fault& f) { SetTokenError(f, kRedeemPath, "error_auth", "Invalid code"); }},
    Preset{"code_not_found",
           [](Fault& f) {
             SetTokenError(f, kRedeemPath, "error_param", "The information you queried is not found.");
           }},
    Preset{"login_names_nobody",
           [](Fault& f) {
             AddChange(f, Change::kSet, "shop_id_list", "[]");
             AddChange(f, Change::kSet, "merchant_id_list", "[]");
             f.path = kRedeemPath;
           }},
    Preset{"login_past_expiry",
           [](Fault& f) {
             AddChange(f, Change::kSet, "expire_in", "1600000000");
             f.path = kRedeemPath;
           }},
    Preset{"bare_answer",
           [](Fault& f) {
             for (const char* at : {"error", "message"}) AddChange(f, Change::kDrop, at);
             f.path = "/api/v2/public/get_shops_by_partner";
           }},
    Preset{"html_524", [](Fault& f) { SetHtml(f, 524, "524: A timeout occurred"); }},
    Preset{"text_500",
           [](Fault& f) { SetText(f, 500, "text/plain", "block by gateway due to invalid cid"); }},
    Preset{"cut_head",
           [](Fault& f) {
             SetAction(f, Action::kCutHead);
             f.bytes = 40;
           }},
    Preset{"drip_then_cut",
           [](Fault& f) {
             SetAction(f, Action::kSlowBody);
             f.bytes = 7;
             f.delay = std::chrono::milliseconds(10);
             f.close_after = 35;
           }},
    Preset{"stalled_body",
           [](Fault& f) {
             SetAction(f, Action::kSlowBody);
             f.bytes = 16;
             f.delay = std::chrono::minutes(1);
           }},
    Preset{"file_json_error",
           [](Fault& f) {
             SetText(f, 200, "application/octet-stream",
                     "\xEF\xBB\xBF{\"error\":\"error_param\",\"message\":\"Wrong parameters.\","
                     "\"request_id\":\"emulator\"}");
           }},
    Preset{"file_null", [](Fault& f) { SetText(f, 200, "application/json", "null"); }},
    Preset{"file_list", [](Fault& f) { SetText(f, 200, "application/json", R"(["a"])"); }},
    Preset{"file_html",
           [](Fault& f) {
             SetHtml(f, 200, "Bad gateway");
             f.content_type = "application/octet-stream";
           }},
    Preset{"file_html_untyped",
           [](Fault& f) {
             SetHtml(f, 200, "Bad gateway");
             f.content_type.clear();
           }},
    Preset{"file_xhtml",
           [](Fault& f) {
             SetText(f, 200, "application/xhtml+xml",
                     "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"/>");
           }},
    Preset{"file_xml",
           [](Fault& f) {
             SetText(f, 200, "application/xml",
                     "<?xml version=\"1.0\"?><Error><Code>Throttled</Code></Error>");
           }},
    Preset{"invalid_sign", [](Fault& f) { SetError(f, "common.error_auth", "Invalid sign"); }},
    Preset{"invalid_timestamp", [](Fault& f) { SetError(f, "error_param", "Invalid timestamp"); }},
    Preset{"not_linked_msg",
           [](Fault& f) {
             SetText(f, 200, "application/json",
                     R"({"error":"error_auth","msg":"partner and shop has no linked",)"
                     R"("request_id":"emulator"})");
           }},
    Preset{
        "module_quota",
        [](Fault& f) { SetError(f, "product.error_limit", "The total API calls of this day are used up."); }},
    Preset{"system_busy",
           [](Fault& f) { SetError(f, "error_system_busy", "System is busy, please try later."); }},
    Preset{"inner_error", [](Fault& f) { SetError(f, "error_inner", "Inner error."); }},
    Preset{"odd_values",
           [](Fault& f) {
             for (const char* at : {"**.more", "**.pick_up_done"})
               AddChange(f, Change::kSet, at, R"("maybe")");
           }},
    Preset{"odd_rows", [](Fault& f) { ChangeRows(f, Change::kSet, "", "[17]"); }},
    Preset{"bare_rows", [](Fault& f) { ChangeRows(f, Change::kDrop, ".package_number"); }},
    Preset{"empty_response", [](Fault& f) { AddChange(f, Change::kSet, "response", "{}"); }},
    Preset{"cursor_stuck",
           [](Fault& f) {
             AddChange(f, Change::kSet, "response.more", "true");
             AddChange(f, Change::kSet, "response.next_cursor", R"("10")");
           }},
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

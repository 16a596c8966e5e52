#include "emulator/gateway/gateway.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "emulator/api/routes.h"
#include "emulator/http/browser.h"

namespace emulator::gateway {
namespace {

using api::Failure;
using api::Reply;
using Refusal = std::optional<Reply>;

constexpr int kForbidden = 403;
constexpr int kNotFound = 404;

Refusal Refuse(std::string_view error, std::string_view message, int http_status = 200) {
  Reply reply = Failure(error, message);
  reply.http_status = http_status;
  return reply;
}

// "" if the parameter was not sent.
std::string_view Value(const http::Request& request, std::string_view name) {
  const std::string* value = request.Find(name);
  return value == nullptr ? std::string_view() : *value;
}

bool IsInteger(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  return !digits.empty() &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// An integer between 0 and 4294967295.
std::optional<int64_t> ParseId(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value > kMaxId) return std::nullopt;
  return static_cast<int64_t>(value);
}

// A path that is missing here may well exist at Shopee, so the answer says whose gap it is.
Refusal CheckRoute(const http::Request& request, const api::Route* route) {
  if (route != nullptr && route->verb == request.verb) return std::nullopt;
  if (route == nullptr) {
    return Refuse("error_not_found",
                  absl::StrCat("shopee-emulator does not emulate ", request.path,
                               ". GET /_emulator/operations lists what it does."),
                  kNotFound);
  }
  return Refuse("error_param",
                "Permission denied. This API is currently offline or the request path is incorrect.");
}

Refusal CheckSource(const Settings& settings, const http::Request& request) {
  const auto& ips = settings.declared_ips;
  if (ips.empty() || std::find(ips.begin(), ips.end(), request.peer_address) != ips.end())
    return std::nullopt;
  return Refuse(
      "source_ip_undeclared",
      absl::StrCat("Request Source IP (", request.peer_address,
                   ") is undeclared. Please declare all your IP addresses in the Shopee Open Platform "
                   "Console > App list > IP Address Whitelist"),
      kForbidden);
}

// A page of another origin must not submit the consent form for the seller.
Refusal CheckPage(const http::Request& request) {
  if (request.verb == "GET" || !http::ComesFromAnotherOrigin(request)) return std::nullopt;
  return Refuse("error_auth", "A web page of another origin may not decide for a seller.", kForbidden);
}

Refusal CheckPartner(const Settings& settings, const http::Request& request) {
  const std::string_view text = Value(request, "partner_id");
  if (text.empty()) return Refuse("error_param", "There is no partner_id in query.");
  const auto id = ParseId(text);
  if (!id)
    return Refuse("error_param", "Partner_id is invalid, should be an integer between 0 and 4294967295.");
  if (*id != settings.partner_id) return Refuse("error_param", "Invalid partner_id.");
  return std::nullopt;
}

Refusal CheckTimestamp(const http::Request& request, int64_t now) {
  const std::string_view text = Value(request, "timestamp");
  if (text.empty()) return Refuse("error_param", "no timestamp");
  if (!IsInteger(text)) return Refuse("error_param", "Invalid timestamp");
  const auto timestamp = ParseId(text);
  if (!timestamp) {
    return Refuse("error_param", "Timestamp is invalid, should be an integer between 0 and 4294967295.");
  }
  const int64_t skew = now - *timestamp;
  if (skew > kTimestampLifeSeconds || skew < -kTimestampLifeSeconds) {
    return Refuse("error_param", "Timestamp is expired.");
  }
  return std::nullopt;
}

// The query parameter with the shop or merchant id; "" if the scope has none.
std::string_view IdName(api::Scope scope) {
  switch (scope) {
    case api::Scope::kShop:
      return "shop_id";
    case api::Scope::kMerchant:
      return "merchant_id";
    default:
      return "";
  }
}

// Only the parameters of the scope are signed; the others in the query are not.
std::string BaseString(const http::Request& request, api::Scope scope) {
  std::string base;
  base.append(Value(request, "partner_id")).append(request.path).append(Value(request, "timestamp"));
  const std::string_view id_name = IdName(scope);
  if (!id_name.empty()) base.append(Value(request, "access_token")).append(Value(request, id_name));
  return base;
}

Refusal CheckSign(const Settings& settings, const http::Request& request, api::Scope scope) {
  const std::string_view sign = Value(request, "sign");
  if (sign.empty()) return Refuse("error_param", "There is no sign in query.");
  const std::string expected = settings.signer.Sign(BaseString(request, scope));
  if (!SameSecret(expected, sign)) return Refuse("error_sign", "Wrong sign.");
  return std::nullopt;
}

Refusal CheckSubjectQuery(const http::Request& request, api::Scope scope) {
  const std::string_view name = IdName(scope);
  if (name.empty()) return std::nullopt;
  if (Value(request, "access_token").empty())
    return Refuse("error_param", "There is no access_token in query.");
  const std::string_view text = Value(request, name);
  if (text.empty())
    return Refuse("error_param", std::string("There is no ").append(name).append(" in query."));
  if (ParseId(text)) return std::nullopt;
  return Refuse("error_param",
                std::string(name).append(" is invalid, should be an integer between 0 and 4294967295."));
}

bool TokenIsGood(const http::Request& request, World& world, auth::Subject subject) {
  return world.tokens().Accepts(subject, Value(request, "access_token"), world.Now());
}

Refusal WrongToken() {
  return Refuse("invalid_acceess_token", "Invalid access_token, please have a check.", kForbidden);
}

// The error samples of two operations for a missing link differ from the general one.
Refusal RefuseShop(const http::Request& request, World& world, const api::Route& route, const Shop* shop) {
  if (shop == nullptr || !shop->linked) {
    if (route.message_is_msg) return Refuse("error_param", "Your partner id and shop has no link.");
    return Refuse("shop_no_linked", "Partner and shop has no linked.");
  }
  world.tokens().Pin(auth::ShopSubject(shop->id), shop->access_token);
  if (!TokenIsGood(request, world, auth::ShopSubject(shop->id))) return WrongToken();
  if (shop->banned) {
    return Refuse(
        "shop_banned",
        "The shop account has been banned. Permissions for shop authorization and API calls have been "
        "suspended until the shop account is restored.");
  }
  return std::nullopt;
}

Refusal RefuseMerchant(const http::Request& request, World& world, const auth::Merchant* merchant) {
  if (merchant == nullptr || !merchant->linked) {
    return Refuse("merchant_no_linked", "Partner and merchant has no linked.");
  }
  return TokenIsGood(request, world, auth::MerchantSubject(merchant->id)) ? std::nullopt : WrongToken();
}

Refusal CheckQuery(const Settings& settings, const http::Request& request, const api::Route* route,
                   int64_t now) {
  if (auto refusal = CheckRoute(request, route)) return refusal;
  if (auto refusal = CheckPartner(settings, request)) return refusal;
  if (route->scope == api::Scope::kBrowser) return CheckPage(request);
  if (auto refusal = CheckSource(settings, request)) return refusal;
  if (auto refusal = CheckTimestamp(request, now)) return refusal;
  if (auto refusal = CheckSign(settings, request, route->scope)) return refusal;
  return CheckSubjectQuery(request, route->scope);
}

}  // namespace

Admission CheckCaller(const Settings& settings, const http::Request& request, int64_t now) {
  Admission admission;
  admission.route = api::FindRoute(request.path);
  admission.refusal = CheckQuery(settings, request, admission.route, now);
  return admission;
}

void CheckSubject(const http::Request& request, World& world, Admission& admission) {
  const api::Route& route = *admission.route;
  const std::string_view id_name = IdName(route.scope);
  if (id_name.empty()) return;
  const int64_t id = *ParseId(Value(request, id_name));
  if (route.scope == api::Scope::kMerchant) {
    admission.caller.merchant = world.accounts().FindMerchant(id);
    admission.refusal = RefuseMerchant(request, world, admission.caller.merchant);
    return;
  }
  admission.caller.shop = world.FindShop(id);
  admission.refusal = RefuseShop(request, world, route, admission.caller.shop);
}

void CheckRate(const http::Request& request, RateLimiter& limiter, Admission& admission) {
  const Shop* shop = admission.caller.shop;
  const auth::Merchant* merchant = admission.caller.merchant;
  if (shop == nullptr && merchant == nullptr) return;
  const auth::Subject subject =
      shop != nullptr ? auth::ShopSubject(shop->id) : auth::MerchantSubject(merchant->id);
  if (limiter.Admit(subject, request.path, RateLimiter::Time::clock::now())) return;
  admission.refusal = Refuse("error_rate_limit",
                             "Too many requests. You have reached the rate limit. Please try again later.");
}

}  // namespace emulator::gateway

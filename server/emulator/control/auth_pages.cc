#include "emulator/control/auth_pages.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <optional>

#include "emulator/auth/authorization.h"
#include "emulator/http/json_text.h"

namespace emulator::control {
namespace {

namespace json = boost::json;
using auth::Subject;
using engine::Engine;

constexpr int kBadRequest = 400;
constexpr int kNotFound = 404;

http::Answer Show(const json::object& object, int status = 200) {
  http::Answer answer;
  answer.status = status;
  answer.body = http::ToJsonText(object) + "\n";
  return answer;
}

http::Answer Refuse(int status, std::string_view text) {
  return Show({{"error", text}}, status);
}

json::object ParseBody(const http::Request& request) {
  boost::system::error_code error;
  json::value value = json::parse(request.body, error);
  return error || !value.is_object() ? json::object() : std::move(value.get_object());
}

std::optional<int64_t> Int(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

std::optional<auth::Account> ReadAccount(const json::object& object) {
  if (const auto shop = Int(object, "shop_id")) return auth::Account{false, *shop};
  if (const auto main_account = Int(object, "main_account_id")) return auth::Account{true, *main_account};
  return std::nullopt;
}

json::object Describe(Engine& engine, std::string_view id_name, Subject subject) {
  const TokenState state = engine.Tokens(subject);
  json::object shown = {{id_name, subject.id},
                        {"access_token", state.access_token},
                        {"access_expires_at", nullptr},
                        {"refresh_token", state.refresh_token},
                        {"refresh_expires_at", state.refresh_expires_at},
                        {"authorized_at", state.authorized_at},
                        {"authorization_ends_at", state.authorization_ends_at},
                        {"refreshes", state.refreshes},
                        {"repeated_refreshes", state.repeated_refreshes},
                        {"lost_refreshes", state.lost_refreshes},
                        {"other_failed_refreshes", state.other_failed_refreshes}};
  if (state.access_expires_at != kNeverExpires) shown["access_expires_at"] = state.access_expires_at;
  return shown;
}

// False if `what` is none of the three.
bool Expire(auth::Grant& grant, std::string_view what, int64_t now) {
  if (what == "access_token") {
    grant.access.expires_at = now;
    grant.in_grace.clear();
  } else if (what == "refresh_token") {
    grant.refresh.expires_at = now;
  } else if (what == "authorization") {
    grant.ends_at = now;
  } else {
    return false;
  }
  return true;
}

}  // namespace

http::Answer ListTokens(Engine& engine) {
  std::vector<int64_t> shop_ids;
  std::vector<int64_t> merchant_ids;
  engine.WithWorld([&](World& world) {
    shop_ids = world.ShopIds();
    for (const auto& [id, merchant] : world.accounts().merchants()) merchant_ids.push_back(id);
  });
  json::array shops;
  for (const int64_t id : shop_ids) shops.push_back(Describe(engine, "shop_id", auth::ShopSubject(id)));
  json::array merchants;
  for (const int64_t id : merchant_ids) {
    merchants.push_back(Describe(engine, "merchant_id", auth::MerchantSubject(id)));
  }
  return Show({{"shops", std::move(shops)}, {"merchants", std::move(merchants)}});
}

http::Answer Authorize(Engine& engine, const http::Request& request) {
  const json::object body = ParseBody(request);
  const auto account = ReadAccount(body);
  if (!account) return Refuse(kBadRequest, "shop_id or main_account_id is required, as an integer");
  const int64_t days = body.contains("days") ? Int(body, "days").value_or(0) : auth::kMaxAuthorizationDays;
  if (days < 1 || days > auth::kMaxAuthorizationDays) {
    return Refuse(kBadRequest, "days must be an integer between 1 and 365");
  }
  const std::string code = engine.Authorize(*account, static_cast<int>(days));
  return code.empty() ? Refuse(kNotFound, "unknown shop_id or main_account_id") : Show({{"code", code}});
}

http::Answer IssueResendCode(Engine& engine, const http::Request& request) {
  const auto account = ReadAccount(ParseBody(request));
  if (!account) return Refuse(kBadRequest, "shop_id or main_account_id is required, as an integer");
  const std::string code = engine.Resend(*account);
  return code.empty() ? Refuse(kNotFound, "unknown account, or it is not authorized")
                      : Show({{"resend_code", code}});
}

http::Answer ExpireNow(Engine& engine, const http::Request& request) {
  const json::object body = ParseBody(request);
  const auto shop = Int(body, "shop_id");
  const auto merchant = Int(body, "merchant_id");
  if (!shop && !merchant) return Refuse(kBadRequest, "shop_id or merchant_id is required, as an integer");
  const Subject subject = shop ? auth::ShopSubject(*shop) : auth::MerchantSubject(*merchant);
  const json::value* what = body.if_contains("what");
  const std::string name(what != nullptr && what->is_string() ? std::string_view(what->get_string()) : "");
  bool found = false;
  bool known = false;
  engine.WithWorld([&](World& world) {
    found = auth::Exists(world, subject);
    known = found && Expire(auth::GrantOf(world, subject), name, world.Now());
  });
  if (!found) return Refuse(kNotFound, "unknown shop_id or merchant_id");
  if (!known) return Refuse(kBadRequest, "what must be access_token, refresh_token or authorization");
  return Show({{"ok", true}});
}

}  // namespace emulator::control

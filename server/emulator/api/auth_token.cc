// The token calls. Their payload is at the top level of the answer.
#include <algorithm>
#include <array>

#include "emulator/api/operations.h"
#include "emulator/api/params.h"
#include "emulator/auth/authorization.h"

namespace emulator::api {
namespace {

namespace json = boost::json;
using auth::Account;
using auth::CodeTarget;
using auth::RefreshResult;
using auth::Subject;
using auth::SubjectKind;

// The error of a refresh for each state of a subject.
struct RefreshTexts {
  std::string_view not_linked;
  std::string_view not_linked_text;
  std::string_view access_expired;
  std::string_view access_expired_text;
  std::string_view wrong_token;
  std::string_view wrong_token_text;
};

constexpr RefreshTexts kShopTexts = {
    "shop_no_linked",           "Partner and shop has no linked.",
    "shop_access_expired",      "Your access to shop has expired.",
    "error_shop_refresh_token", "Your refresh token is error ,please check refresh token or shopid.",
};
constexpr RefreshTexts kMerchantTexts = {
    "merchant_no_linked",           "Partner and merchant has no linked.",
    "merchant_access_expired",      "Your access to merchant has expired.",
    "error_merchant_refresh_token", "Your refresh token is error,please check refresh token or merchant_id.",
};

// partner_id in the body must equal the one in the query.
void CheckPartnerId(const PartnerCall& call, const BodyFields& fields, Problem& problem) {
  const auto partner_id = fields.RequiredInt("partner_id");
  const std::string* signed_id = call.request.Find("partner_id");
  if (!problem && std::to_string(*partner_id) != *signed_id) {
    problem.WrongParameter("partner_id differs from the one in the query.");
  }
}

void PutPair(const World& world, const auth::TokenPair& pair, json::object& fields) {
  fields["access_token"] = pair.access.value;
  fields["refresh_token"] = pair.refresh.value;
  fields["expire_in"] = std::max<int64_t>(pair.access.expires_at - world.Now(), 0);
}

void PutIds(const std::vector<Subject>& subjects, json::object& fields) {
  json::array shops;
  json::array merchants;
  for (const Subject subject : subjects) {
    (subject.kind == SubjectKind::kShop ? shops : merchants).push_back(subject.id);
  }
  fields["shop_id_list"] = std::move(shops);
  fields["merchant_id_list"] = std::move(merchants);
}

std::optional<Account> AccountOfBody(const BodyFields& fields, Problem& problem) {
  const auto shop = fields.OptionalInt("shop_id");
  const auto main_account = fields.OptionalInt("main_account_id");
  if (shop.has_value() == main_account.has_value()) {
    problem.WrongParameter("exactly one of shop_id and main_account_id is required.");
    return std::nullopt;
  }
  return Account{main_account.has_value(), main_account.has_value() ? *main_account : *shop};
}

Reply WrongAccount(const Account& account) {
  if (account.is_main) {
    return Failure("invalid_main_acount_id",
                   "The code or main_accoount_id is wrong, please check the code or the main_account_id.");
  }
  return Failure("invalid_shop_id", "The code or shop_id is wrong, please check the code or the shop_id.");
}

// The one subject that a refresh names. The emulator has no accounts of the last three kinds.
std::optional<Subject> SubjectOfBody(const BodyFields& fields, Problem& problem) {
  static constexpr std::array<std::string_view, 5> kNames = {"shop_id", "merchant_id", "supplier_id",
                                                             "user_id", "principal_id"};
  std::optional<int64_t> id;
  std::string_view name;
  int named = 0;
  for (const std::string_view candidate : kNames) {
    const auto value = fields.OptionalInt(candidate);
    if (!value) continue;
    ++named;
    id = value;
    name = candidate;
  }
  if (named != 1) {
    problem.WrongParameter(
        "exactly one of shop_id, merchant_id, supplier_id, user_id and principal_id is required.");
    return std::nullopt;
  }
  if (name == "shop_id") return auth::ShopSubject(*id);
  if (name == "merchant_id") return auth::MerchantSubject(*id);
  if (name == "supplier_id") problem.Report("supplier_no_linked", "Partner and Supplier has no linked.");
  problem.Report("error_param", "The information you queried is not found.");
  return std::nullopt;
}

bool ShopIsBanned(World& world, Subject subject) {
  return subject.kind == SubjectKind::kShop && auth::IsBanned(world, {false, subject.id});
}

Reply RefreshedPair(World& world, Subject subject, const json::object& body) {
  const auth::Grant& grant = auth::GrantOf(world, subject);
  Reply reply;
  reply.top_level["partner_id"] = body.at("partner_id");
  reply.top_level[subject.kind == SubjectKind::kShop ? "shop_id" : "merchant_id"] = subject.id;
  PutPair(world, {grant.access, grant.refresh}, reply.top_level);
  return reply;
}

}  // namespace

Reply GetAccessToken(PartnerCall& call) {
  Problem problem;
  const BodyFields fields(call.body, problem);
  const std::string code = fields.Required("code");
  CheckPartnerId(call, fields, problem);
  const auto account = AccountOfBody(fields, problem);
  if (problem) return problem.AsReply();
  auth::IssuedTokens& tokens = call.world.tokens();
  const auto target = tokens.FindCode(code, CodeTarget::Kind::kCode, call.world.Now());
  if (!target) {
    return Failure("invalid_code", "The code is expired or used or invalid, please check the code.");
  }
  if (*account != Account{target->is_main_account, target->account_id}) return WrongAccount(*account);
  tokens.SpendCode(code);
  Reply reply;
  PutPair(call.world, auth::Issue(call.world, *account), reply.top_level);
  if (account->is_main) PutIds(auth::SubjectsOf(call.world, *account), reply.top_level);
  return reply;
}

Reply RefreshAccessToken(PartnerCall& call) {
  Problem problem;
  const BodyFields fields(call.body, problem);
  const std::string refresh_token = fields.Required("refresh_token");
  CheckPartnerId(call, fields, problem);
  const auto subject = SubjectOfBody(fields, problem);
  if (problem) return problem.AsReply();
  World& world = call.world;
  const RefreshTexts& texts = subject->kind == SubjectKind::kShop ? kShopTexts : kMerchantTexts;
  if (!auth::HasLink(world, *subject)) return Failure(texts.not_linked, texts.not_linked_text);
  if (ShopIsBanned(world, *subject)) {
    return Failure("shop_banned",
                   "The shop account has been banned. Permissions for shop authorization and API calls have "
                   "been suspended until the shop account is restored.");
  }
  switch (auth::Refresh(world, *subject, refresh_token)) {
    case RefreshResult::kRefreshed:
      return RefreshedPair(world, *subject, call.body);
    case RefreshResult::kTokenExpired:
      return Failure("refresh_token_expired", "Your refresh_token expired.");
    case RefreshResult::kAuthorizationEnded:
      return Failure(texts.access_expired, texts.access_expired_text);
    case RefreshResult::kWrongToken:
      break;
  }
  return Failure(texts.wrong_token, texts.wrong_token_text);
}

Reply GetTokenByResendCode(PartnerCall& call) {
  Problem problem;
  const BodyFields fields(call.body, problem);
  const std::string code = fields.Required("resend_code");
  if (problem) return problem.AsReply();
  auth::IssuedTokens& tokens = call.world.tokens();
  const auto target = tokens.FindCode(code, CodeTarget::Kind::kResendCode, call.world.Now());
  if (!target) return Failure("error_param", "The information you queried is not found.");
  tokens.SpendCode(code);
  const Account account{target->is_main_account, target->account_id};
  Reply reply;
  PutIds(auth::SubjectsOf(call.world, account), reply.top_level);
  PutPair(call.world, auth::Issue(call.world, account), reply.top_level);
  return reply;
}

}  // namespace emulator::api

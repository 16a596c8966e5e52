// The pages that a seller's browser opens, and the forms they submit.
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include "emulator/api/operations.h"
#include "emulator/api/params.h"
#include "emulator/auth/authorization.h"
#include "emulator/auth/consent_page.h"
#include "emulator/auth/redirect.h"
#include "emulator/http/target.h"

namespace emulator::api {
namespace {

using auth::Account;
using auth::ConsentPage;

constexpr int kBadRequest = 400;
constexpr int kForbidden = 403;
constexpr std::size_t kLongestState = 1024;

Reply BadRequest(std::string_view message) {
  Reply reply = Failure("error_param", message);
  reply.http_status = kBadRequest;
  return reply;
}

std::optional<Reply> CheckRedirect(const World& world, const std::string& redirect) {
  if (!auth::IsWebUrl(redirect)) {
    return BadRequest("Wrong parameters, detail: the redirect must be an http or https URL.");
  }
  if (auth::IsOfDomain(redirect, world.rules().redirect_domain)) return std::nullopt;
  Reply reply = BadRequest(
      "The domain of redirect_uri is not consistent with the Redirect URL Domain declared in console.");
  reply.message_is_msg = true;
  reply.top_level = {{"code", 1}, {"debug_message", ""}};
  return reply;
}

std::string PartnerId(const PartnerCall& call) {
  return *call.request.Find("partner_id");
}

Reply Html(std::string html) {
  Reply reply;
  reply.file = std::move(html);
  reply.file_type = "text/html; charset=utf-8";
  // Prevents clickjacking: no other page may show this one in a frame.
  reply.file_headers = {{"Content-Security-Policy", "frame-ancestors 'none'"}};
  return reply;
}

Reply ShowPage(const PartnerCall& call, ConsentPage::Purpose purpose, const std::string& redirect) {
  if (auto wrong = CheckRedirect(call.world, redirect)) return *wrong;
  const bool grants = purpose == ConsentPage::Purpose::kGrant;
  ConsentPage page;
  page.purpose = purpose;
  page.partner_id = PartnerId(call);
  page.redirect = redirect;
  page.action =
      absl::StrCat(grants ? "/auth/consent" : "/cancel_auth/confirm", "?partner_id=", page.partner_id);
  page.carried = {{"redirect", redirect}};
  const std::string* state = call.request.Find("state");
  if (call.request.path == "/auth" && state != nullptr) page.carried.emplace_back("state", *state);
  return Html(auth::RenderPage(page, call.world));
}

// "shop:600000" or "main_account:500001".
std::optional<Account> ParseAccount(std::string_view text) {
  Account account;
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  if (colon == std::string_view::npos || (kind != "shop" && kind != "main_account")) return std::nullopt;
  const auto id = ParseInteger(text.substr(colon + 1));
  if (!id) return std::nullopt;
  account.is_main = kind == "main_account";
  account.id = *id;
  return account;
}

struct Decision {
  Account account;
  std::string redirect;
  std::optional<std::string> state;
  int days = auth::kMaxAuthorizationDays;
};

std::optional<Reply> ReadDecision(const PartnerCall& call, Decision& decision) {
  http::Request form;
  form.query = http::ParseQuery(call.request.body);
  const auto value = [&form](std::string_view name) {
    const std::string* found = form.Find(name);
    return found == nullptr ? std::string() : *found;
  };
  decision.redirect = value("redirect");
  if (auto wrong = CheckRedirect(call.world, decision.redirect)) return wrong;
  const auto account = ParseAccount(value("account"));
  if (!account || auth::SubjectsOf(call.world, *account).empty()) {
    return BadRequest("Wrong parameters, detail: account must name a shop or a main account.");
  }
  decision.account = *account;
  if (const std::string* state = form.Find("state")) decision.state = *state;
  if (decision.state && decision.state->size() > kLongestState) {
    return BadRequest("Wrong parameters, detail: state is too long.");
  }
  const std::string days = value("days");
  if (days.empty()) return std::nullopt;
  if (!absl::SimpleAtoi(days, &decision.days) || decision.days < 1 ||
      decision.days > auth::kMaxAuthorizationDays) {
    return BadRequest("Wrong parameters, detail: days must be between 1 and 365.");
  }
  return std::nullopt;
}

Reply SendTo(std::string url) {
  Reply reply;
  reply.redirect_to = std::move(url);
  return reply;
}

}  // namespace

Reply AuthPartnerPage(PartnerCall& call) {
  Problem problem;
  const std::string redirect = QueryFields(call.request, problem).Required("redirect");
  return problem ? problem.AsReply() : ShowPage(call, ConsentPage::Purpose::kGrant, redirect);
}

Reply CancelAuthPartnerPage(PartnerCall& call) {
  Problem problem;
  const std::string redirect = QueryFields(call.request, problem).Required("redirect");
  return problem ? problem.AsReply() : ShowPage(call, ConsentPage::Purpose::kCancel, redirect);
}

Reply AuthPage(PartnerCall& call) {
  Problem problem;
  const QueryFields fields(call.request, problem);
  const std::string auth_type = fields.Required("auth_type");
  const std::string response_type = fields.Required("response_type");
  const std::string redirect = fields.Required("redirect_uri");
  if (problem) return problem.AsReply();
  if (auth_type != "seller") {
    return BadRequest(
        "Wrong parameters, detail: auth_type must be seller; the emulator has no other accounts.");
  }
  if (response_type != "code") return BadRequest("Wrong parameters, detail: response_type must be code.");
  if (fields.Optional("state").size() > kLongestState) {
    return BadRequest("Wrong parameters, detail: state is too long.");
  }
  return ShowPage(call, ConsentPage::Purpose::kGrant, redirect);
}

Reply CancelAuthPage(PartnerCall& call) {
  Problem problem;
  const std::string redirect = QueryFields(call.request, problem).Required("redirect_uri");
  return problem ? problem.AsReply() : ShowPage(call, ConsentPage::Purpose::kCancel, redirect);
}

Reply GiveConsent(PartnerCall& call) {
  Decision decision;
  if (auto wrong = ReadDecision(call, decision)) return *wrong;
  if (auth::IsBanned(call.world, decision.account)) {
    Reply reply = Failure("shop_banned",
                          "The shop account has been banned. Permissions for shop authorization and API "
                          "calls have been suspended until the shop account is restored.");
    reply.http_status = kForbidden;
    return reply;
  }
  const Account& account = decision.account;
  std::vector<std::pair<std::string, std::string>> parameters = {
      {"code", auth::Consent(call.world, account, decision.days)},
      {account.is_main ? "main_account_id" : "shop_id", std::to_string(account.id)}};
  if (decision.state) parameters.emplace_back("state", *decision.state);
  return SendTo(auth::WithParameters(decision.redirect, parameters));
}

Reply ConfirmCancel(PartnerCall& call) {
  Decision decision;
  if (auto wrong = ReadDecision(call, decision)) return *wrong;
  auth::Cancel(call.world, decision.account);
  return SendTo(decision.redirect);
}

}  // namespace emulator::api

#include "tokens/auth_client.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codec/json_writer.h"

namespace firstmile::tokens {
namespace {

using errors::Recovery;
using transport::HttpFailure;

constexpr char kRedeemPath[] = "/api/v2/auth/token/get";
constexpr char kRefreshPath[] = "/api/v2/auth/access_token/get";
constexpr char kShopsPath[] = "/api/v2/public/get_shops_by_partner";
constexpr char kMerchantsPath[] = "/api/v2/public/get_merchants_by_partner";
constexpr int kPageSize = 100;  // the most that the platform gives

// A token call that is told so has lost its token or code for good. On token calls error_auth means that,
// too.
bool IsRefusal(const errors::Verdict& verdict, const errors::UpstreamFailure& failure) {
  if (verdict.reason == "SHOP_NOT_AUTHORIZED" || verdict.reason == "TOKEN_REJECTED") return true;
  const std::string text = absl::AsciiStrToLower(failure.vendor_message);
  return absl::StrContains(text, "refresh token") || absl::StrContains(text, "refresh_token") ||
         absl::StartsWith(failure.vendor_code, "invalid_");  // invalid_code, invalid_shop_id, ...
}

GrantEnd EndOf(const errors::Verdict& verdict, const errors::UpstreamFailure& failure) {
  if (verdict.reason == "PARTNER_MISCONFIGURED") return GrantEnd::kNotDone;
  if (IsRefusal(verdict, failure)) return GrantEnd::kRefused;
  const bool unclear = verdict.recovery == Recovery::kRetryRead || verdict.code == errors::Code::kUnknown;
  return unclear ? GrantEnd::kUnknown : GrantEnd::kNotDone;
}

GrantAnswer Unanswered(const transport::HttpResult& result) {
  GrantAnswer answer;
  const bool unsent = transport::NothingWasSent(result.failure);
  answer.end = unsent ? GrantEnd::kNotDone : GrantEnd::kUnknown;
  answer.failure.vendor_message = result.detail;
  answer.verdict = {.code = errors::Code::kUnavailable,
                    .reason = unsent ? "UPSTREAM_UNREACHABLE" : "UPSTREAM_NO_ANSWER"};
  return answer;
}

GrantAnswer OfAnother(const std::string& request_id, int http_status) {
  GrantAnswer answer;
  answer.request_id = request_id;
  answer.failure = {.vendor_message =
                        "the answer brought the tokens of another shop, merchant or partner than "
                        "the one asked for; they were not kept",
                    .request_id = request_id,
                    .http_status = http_status};
  answer.verdict = {.code = errors::Code::kUnavailable,
                    .reason = kTokenOfAnotherSubject,
                    .remedy = "Look for a proxy between the sidecar and the platform that mixes up answers."};
  return answer;
}

bool IsComplete(const codec::TokenGrant& grant, const codec::GrantSubject& asked) {
  return asked.main_account_id == 0 || !grant.shop_ids.empty() || !grant.merchant_ids.empty();
}

}  // namespace

// A call that spends `secret`, which travels in the member `name`.
struct AuthClient::GrantCall {
  const char* path;
  const char* name;
  secrets::Secret secret;
  codec::GrantSubject asked;

  std::string Body() const {
    std::string body = absl::StrCat("{\"", name, "\":");
    codec::AppendJsonString(secret.Reveal(), &body);
    absl::StrAppend(&body, ",\"partner_id\":", asked.partner_id);
    for (const auto& [parameter, id] :
         {std::pair("shop_id", asked.shop_id), std::pair("merchant_id", asked.merchant_id),
          std::pair("main_account_id", asked.main_account_id)}) {
      if (id != 0) absl::StrAppend(&body, ",\"", parameter, "\":", id);
    }
    return body + "}";
  }
};

// The tokens that it gives are kept as they came, also where it repeats the one that was sent; its texts show
// neither.
GrantAnswer AuthClient::Judge(const transport::HttpResult& result, const codec::GrantSubject& asked,
                              secrets::Mask mask) {
  if (result.failure != HttpFailure::kNone) return Unanswered(result);
  codec::AnswerReader reader(
      kAnswerBytesMax);  // of this call alone, since its memory comes to hold the tokens
  for (const secrets::Secret& given : codec::TokensIn(reader.Read(result.response.body))) mask.Add(given);
  const codec::Answer read = reader.Read(result.response.body, mask);
  const absl::Time now = loop_.clock().Now();
  GrantAnswer answer;
  answer.request_id = read.request_id;
  if (read.error.empty()) {  // whatever the status: the old token is spent, this pair is all there is
    std::optional<codec::TokenGrant> grant = codec::ReadTokenGrant(read, now);
    if (grant.has_value() && codec::IsOfAnother(*grant, asked)) {
      transport_.Distrust();
      return OfAnother(read.request_id, result.response.status);
    }
    if (grant.has_value() && IsComplete(*grant, asked)) {
      answer.end = GrantEnd::kGranted;
      answer.grant = *std::move(grant);
      return answer;
    }
  }
  answer.failure = {
      .vendor_code = read.error,
      .vendor_message = read.is_envelope && !read.message.empty() ? read.message : "an answer without tokens",
      .request_id = read.request_id,
      .http_status = result.response.status};
  answer.verdict = errors::Judge(answer.failure, now);
  answer.end = EndOf(answer.verdict, answer.failure);
  return answer;
}

async::Task<GrantAnswer> AuthClient::AskForGrant(GrantCall call) {
  GrantAnswer answer;
  bool again = true;
  for (int attempt = 1; again; ++attempt) {
    const absl::Time sent_at = loop_.clock().Now();
    signing::SignedCall signed_call = signer_.SignCall(options_.base_url, call.path, sent_at, {}, {});
    transport::HttpRequest request;
    request.url = std::move(signed_call.url);
    request.post = true;
    request.body = call.Body();
    request.timeout = options_.timeout;
    request.repeatable = false;
    request.own_connection = true;  // a pair that is stored for the wrong shop, or lost, costs a login
    request.answer_bytes_max = kAnswerBytesMax;
    transport::HttpResult result = co_await transport_.Send(std::move(request), std::stop_token());
    secrets::Mask mask;
    for (const secrets::Secret& sent : {call.secret, signed_call.sign, signer_.partner_key()}) mask.Add(sent);
    answer = Judge(result, call.asked, std::move(mask));
    // A call that is refused for its time did nothing.
    again = attempt == 1 && answer.verdict.recovery == Recovery::kCorrectClock &&
            signer_.clock().Learn(result.response.date, sent_at, loop_.clock().Now(), signed_call.signed_for);
  }
  co_return answer;
}

async::Task<GrantAnswer> AuthClient::Refresh(Subject subject, secrets::Secret refresh_token) {
  codec::GrantSubject asked{.partner_id = signer_.partner_id()};
  (subject.kind == SubjectKind::kShop ? asked.shop_id : asked.merchant_id) = subject.id;
  GrantCall call{kRefreshPath, "refresh_token", std::move(refresh_token), asked};
  co_return co_await AskForGrant(std::move(call));
}

async::Task<GrantAnswer> AuthClient::RedeemForShop(secrets::Secret code, std::int64_t shop_id) {
  GrantCall call{
      kRedeemPath, "code", std::move(code), {.partner_id = signer_.partner_id(), .shop_id = shop_id}};
  co_return co_await AskForGrant(std::move(call));
}

async::Task<GrantAnswer> AuthClient::RedeemForMainAccount(secrets::Secret code,
                                                          std::int64_t main_account_id) {
  GrantCall call{kRedeemPath,
                 "code",
                 std::move(code),
                 {.partner_id = signer_.partner_id(), .main_account_id = main_account_id}};
  co_return co_await AskForGrant(std::move(call));
}

async::Task<AuthClient::AuthorizationPage> AuthClient::ListAuthorizations(SubjectKind kind, int page_no,
                                                                          std::stop_token stop) {
  const bool shops = kind == SubjectKind::kShop;
  const signing::QueryParameters query = {{"page_size", absl::StrCat(kPageSize)},
                                          {"page_no", absl::StrCat(page_no)}};
  transport::HttpRequest request;
  request.url =
      signer_.SignCall(options_.base_url, shops ? kShopsPath : kMerchantsPath, loop_.clock().Now(), {}, query)
          .url;
  request.timeout = options_.timeout;
  request.answer_bytes_max = kAnswerBytesMax;
  const transport::HttpResult result = co_await transport_.Send(std::move(request), std::move(stop));
  AuthorizationPage page;
  if (result.failure != HttpFailure::kNone || result.response.status >= 400) co_return page;
  codec::AnswerReader reader(kAnswerBytesMax);
  const codec::Answer answer = reader.Read(result.response.body);
  if (!answer.is_envelope || !answer.error.empty()) co_return page;
  page.complete = true;
  page.rows = codec::ReadAuthorizations(answer, shops ? "authed_shop_list" : "authed_merchant_list",
                                        shops ? "shop_id" : "merchant_id", &page.more);
  co_return page;
}

}  // namespace firstmile::tokens

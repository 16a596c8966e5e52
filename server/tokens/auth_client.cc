#include "tokens/auth_client.h"

#include "absl/strings/str_cat.h"
#include "codec/json_writer.h"
#include "errors/retry_after.h"

namespace firstmile::tokens {
namespace {

using transport::HttpFailure;
using transport::MonotonicTime;

constexpr char kRedeemPath[] = "/api/v2/auth/token/get";
constexpr char kRefreshPath[] = "/api/v2/auth/access_token/get";
constexpr char kResendPath[] = "/api/v2/public/get_token_by_resend_code";
constexpr char kShopsPath[] = "/api/v2/public/get_shops_by_partner";
constexpr char kMerchantsPath[] = "/api/v2/public/get_merchants_by_partner";
constexpr int kPageSize = 100;  // Shopee's maximum

// Shopee's own text, or what there is in its place.
std::string TextOf(const codec::Answer& answer) {
  constexpr absl::string_view kWithoutTokens = "an answer without tokens";
  if (!answer.is_envelope) return absl::StrCat(kWithoutTokens, ": ", answer.WhyUnreadable());
  return answer.message.empty() ? std::string(kWithoutTokens) : answer.message;
}

// A pair for a requested shop or merchant is valid whomever the answer names; any other must name one.
bool NamesSubject(const codec::TokenGrant& grant, const codec::GrantSubject& asked) {
  return asked.shop_id != 0 || asked.merchant_id != 0 || !codec::SubjectsIn(grant).empty();
}

}  // namespace

// A call that consumes `secret`, sent in the member `name`.
struct AuthClient::GrantCall {
  TokenCall kind;
  const char* path;
  const char* name;
  secrets::Secret secret;
  codec::GrantSubject asked;

  std::string Body() const {
    std::string body = absl::StrCat("{\"", name, "\":");
    codec::AppendJsonString(secret.Reveal(), &body);
    const bool names_no_subject = path == kResendPath;  // the code alone
    for (const auto& [parameter, id] :
         {std::pair("partner_id", names_no_subject ? 0 : asked.partner_id),
          std::pair("shop_id", asked.shop_id), std::pair("merchant_id", asked.merchant_id),
          std::pair("main_account_id", asked.main_account_id)}) {
      if (id != 0) absl::StrAppend(&body, ",\"", parameter, "\":", id);
    }
    return body + "}";
  }
};

// The granted tokens are kept unmasked, even where they repeat the one that was sent; texts show neither.
GrantAnswer AuthClient::ClassifyError(const GrantCall& call, const transport::HttpResult& result,
                                      secrets::Mask mask) {
  if (result.failure != HttpFailure::kNone) return NoAnswer(call.kind, result);
  codec::AnswerReader reader(
      kAnswerBytesMax);  // allocated per call, since its memory holds the tokens afterwards
  for (const secrets::Secret& given : codec::TokensIn(reader.Read(result.response.body))) mask.Add(given);
  const codec::Answer read = reader.Read(result.response.body, mask);
  const absl::Time now = loop_.clock().Now();
  const int status = result.response.status;
  std::optional<codec::TokenGrant> grant;
  if (read.error.empty()) grant = codec::ReadTokenGrant(read, now);
  if (!grant.has_value()) {
    return WithoutPair(call.kind,
                       {.vendor_code = read.error,
                        .vendor_message = TextOf(read),
                        .request_id = read.request_id,
                        .http_status = status,
                        .retry_after = errors::ParseRetryAfter(result.response.retry_after, now)},
                       now);
  }
  // Whatever the status: the old token is consumed, and this pair is the only one.
  if (codec::IsOfAnother(*grant, call.asked)) {
    transport_.Distrust();
    return OfAnother(call.kind, read.request_id, status);
  }
  if (!NamesSubject(*grant, call.asked)) return WithoutSubject(read.request_id, status);
  GrantAnswer answer;
  answer.end = GrantEnd::kGranted;
  answer.request_id = read.request_id;
  answer.grant = *std::move(grant);
  return answer;
}

async::Task<std::optional<transport::SemaphorePermit>> AuthClient::Enter(MonotonicTime due,
                                                                         std::stop_token stop) {
  const transport::Semaphore::End end = co_await token_calls_.Acquire(due, std::move(stop));
  if (end != transport::Semaphore::End::kAcquired) co_return std::nullopt;
  co_return transport::SemaphorePermit(token_calls_);
}

// The second attempt has the time that the first one left, at least half.
async::Task<GrantAnswer> AuthClient::AskForGrant(GrantCall call, MonotonicTime send_by) {
  const MonotonicTime begun = loop_.clock().Monotonic();
  GrantAnswer answer;
  bool again = true;
  for (int attempt = 1; again; ++attempt) {
    const absl::Time sent_at = loop_.clock().Now();
    signing::SignedCall signed_call = signer_.SignCall(options_.base_url, call.path, sent_at, {}, {});
    transport::HttpRequest request;
    request.url = std::move(signed_call.url);
    request.post = true;
    request.body = call.Body();
    request.timeout = TimeLeft(begun);
    request.send_by = attempt == 1 ? send_by : begun + options_.timeout / 2;
    request.repeatable = false;
    request.own_connection = true;  // a pair that is lost or stored for the wrong shop costs a login
    request.answer_bytes_max = kAnswerBytesMax;
    transport::HttpResult result = co_await transport_.Send(std::move(request), std::stop_token());
    secrets::Mask mask;
    for (const secrets::Secret& sent : {call.secret, signed_call.sign, signer_.partner_key()}) mask.Add(sent);
    answer = ClassifyError(call, result, std::move(mask));
    // A call rejected for its timestamp had no effect.
    const bool learned =
        attempt == 1 && answer.error_class.retry_class == errors::RetryClass::kCorrectClock &&
        signer_.clock().Learn(result.response.date, sent_at, loop_.clock().Now(), signed_call.signed_for);
    again = learned && TimeLeft(begun) >= options_.timeout / 2;
  }
  co_return answer;
}

std::chrono::milliseconds AuthClient::TimeLeft(MonotonicTime begun) const {
  const auto spent = loop_.clock().Monotonic() - begun;
  return options_.timeout - std::chrono::duration_cast<std::chrono::milliseconds>(spent);
}

async::Task<GrantAnswer> AuthClient::Redeem(GrantCall call) {
  const MonotonicTime due = loop_.clock().Monotonic() + options_.timeout;
  const std::optional<transport::SemaphorePermit> permit = co_await Enter(due, std::stop_token());
  if (!permit.has_value()) co_return TooManyOthers(kTokenCallsMax);
  co_return co_await AskForGrant(std::move(call), MonotonicTime::max());
}

async::Task<GrantAnswer> AuthClient::Refresh(Subject subject, secrets::Secret refresh_token,
                                             MonotonicTime send_by) {
  codec::GrantSubject asked{.partner_id = signer_.partner_id()};
  (subject.kind == SubjectKind::kShop ? asked.shop_id : asked.merchant_id) = subject.id;
  GrantCall call{TokenCall::kRefresh, kRefreshPath, "refresh_token", std::move(refresh_token), asked};
  co_return co_await AskForGrant(std::move(call), send_by);
}

async::Task<GrantAnswer> AuthClient::RedeemForShop(secrets::Secret code, std::int64_t shop_id) {
  const codec::GrantSubject asked{.partner_id = signer_.partner_id(), .shop_id = shop_id};
  GrantCall call{TokenCall::kLogin, kRedeemPath, "code", std::move(code), asked};
  co_return co_await Redeem(std::move(call));
}

async::Task<GrantAnswer> AuthClient::RedeemForMainAccount(secrets::Secret code,
                                                          std::int64_t main_account_id) {
  const codec::GrantSubject asked{.partner_id = signer_.partner_id(), .main_account_id = main_account_id};
  GrantCall call{TokenCall::kLogin, kRedeemPath, "code", std::move(code), asked};
  co_return co_await Redeem(std::move(call));
}

async::Task<GrantAnswer> AuthClient::RedeemResendCode(secrets::Secret code) {
  const codec::GrantSubject asked{.partner_id = signer_.partner_id()};
  GrantCall call{TokenCall::kLogin, kResendPath, "resend_code", std::move(code), asked};
  co_return co_await Redeem(std::move(call));
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
  AuthorizationPage page;
  const MonotonicTime due = loop_.clock().Monotonic() + options_.timeout;
  const std::optional<transport::SemaphorePermit> permit = co_await Enter(due, stop);
  if (!permit.has_value()) co_return page;
  const transport::HttpResult result = co_await transport_.Send(std::move(request), std::move(stop));
  if (result.failure != HttpFailure::kNone || result.response.status >= 400) co_return page;
  codec::AnswerReader reader(kAnswerBytesMax);
  const codec::Answer answer = reader.Read(result.response.body);
  if (!answer.error.empty()) co_return page;
  // Shopee's documented sample has the list but neither `error` nor `response`.
  auto list = codec::ReadAuthorizations(answer, shops ? "authed_shop_list" : "authed_merchant_list",
                                        shops ? "shop_id" : "merchant_id");
  page.complete = answer.is_envelope || list.has_value();
  if (!list.has_value()) co_return page;
  page.more = list->more;
  page.rows = std::move(list->rows);
  co_return page;
}

}  // namespace firstmile::tokens

#include "errors/text_samples.h"

#include <google/protobuf/descriptor.h>

#include "errors/failure.h"
#include "errors/reasons.h"
#include "errors/status.h"
#include "firstmile/v1/auth_tokens.pb.h"
#include "firstmile/v1/first_mile_courier.pb.h"
#include "firstmile/v1/first_mile_numbers.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"
#include "firstmile/v1/logistics_tracking.pb.h"
#include "firstmile/v1/order_detail.pb.h"
#include "gateway/failed_attempt.h"
#include "limits/admission_gate.h"
#include "read_back/read_back_texts.h"
#include "rpc/rpc_failures.h"
#include "tokens/token_refusals.h"

namespace firstmile::testing {
namespace {

using errors::FailureOf;
using gateway::OutgoingCall;
using limits::SubjectKind;
using tokens::TokenCall;
using transport::HttpFailure;

constexpr char kRpc[] = "LogisticsService/GetTrackingNumber";
const tokens::Subject kShop = tokens::Shop(600000);
const absl::Time kNow = absl::FromUnixSeconds(1764400000);

using Failures = std::vector<v1::Failure>;

v1::Failure Of(const limits::Refusal& refusal) {
  google::rpc::Status status = errors::Local(refusal.code, refusal.reason, refusal.message, kRpc);
  if (refusal.retry_after.has_value()) errors::SetRetryInfo(*refusal.retry_after, &status);
  return FailureOf(status);
}

v1::Failure Of(const tokens::TokenRefusal& refusal) {
  return FailureOf(tokens::StatusOf(refusal, kRpc));
}

// The call after `calls` of 100 MiB.
v1::Failure Admit(int calls, std::int64_t calls_max, std::int64_t calls_max_per_caller,
                  std::int64_t bytes_max) {
  // Without a pause, which would have jitter.
  limits::AdmissionGate gate({.calls_max = calls_max,
                              .calls_max_per_caller = calls_max_per_caller,
                              .bytes_max = bytes_max,
                              .retry_after = absl::ZeroDuration()});
  std::vector<limits::AdmissionGate::Entry> entered;
  for (int i = 0; i < calls; ++i) entered.push_back(gate.TryEnter("caller", 100 << 20));
  return Of(*gate.TryEnter("caller", 100 << 20).refusal);
}

Failures OfLimits() {
  const absl::Duration wait = absl::Seconds(5);
  const absl::Duration each = absl::Milliseconds(1200);
  return {Admit(20, 20, 20, 0),
          Admit(5, 20, 20, std::int64_t{512} << 20),
          Admit(10, 20, 10, 0),
          Of(limits::CircuitOpen(20, absl::Seconds(4), absl::Seconds(1))),
          Of(limits::CircuitOpen(20, std::nullopt, absl::Seconds(1))),
          Of(limits::QuotaUsedUp(kRpc, absl::FromUnixSeconds(1764432000), absl::Hours(2))),
          Of(limits::StoppedWaiting()),
          Of(limits::TimeIsUp()),
          Of(limits::TooManyWait(20000)),
          Of(limits::TooManyWaitForOperation(kRpc, SubjectKind::kShop, 10000)),
          Of(limits::TooManyShops(100000)),
          Of(limits::RateRefusal(kRpc, SubjectKind::kShop, 0.5, wait)),
          Of(limits::SubjectRefusal(SubjectKind::kShop, 32, each, wait)),
          Of(limits::ConnectionsRefusal(256, each, wait))};
}

tokens::TokenRecord Ended() {
  tokens::TokenRecord record;
  record.subject = kShop;
  record.authorization_required =
      tokens::AuthorizationRequirement{"REFRESH_TOKEN_REFUSED", "error_auth: Invalid refresh_token.", kNow};
  return record;
}

v1::Failure OfRefresh(const tokens::GrantAnswer& answer) {
  return Of(tokens::RefreshFailed(kShop, answer));
}
v1::Failure OfLogin(const tokens::GrantAnswer& answer) {
  return FailureOf(errors::FromUpstream(answer.error_class, answer.failure, "AuthService/ExchangeCode"));
}

Failures OfTokens() {
  const absl::Status gone = absl::UnavailableError("sqlite: database is locked");
  const absl::Status unreadable = absl::DataLossError("no configured key opens the record");
  return {Of(tokens::UnknownSubject(kShop)),
          Of(tokens::AuthorizationRequired(Ended(), "https://partner.example/auth")),
          Of(tokens::AuthorizationRequired(Ended(), "")),
          Of(tokens::NotRenewable(kShop)),
          Of(tokens::FreshTokenRejected(kShop, absl::Seconds(42))),
          Of(tokens::StoreFailed(kShop, gone)),
          Of(tokens::StoreFailed(kShop, unreadable)),
          Of(tokens::RefreshBusy(kShop)),
          Of(tokens::TooManyTokenCalls(kShop)),
          Of(tokens::StoppedWaiting())};
}

Failures OfTokenCalls(TokenCall call, v1::Failure (*of)(const tokens::GrantAnswer&)) {
  const transport::HttpResult unsent{HttpFailure::kNotSent, "Could not connect to server", {}};
  const transport::HttpResult lost{HttpFailure::kNoAnswer, "the connection ended without an answer", {}};
  const auto answered = [call](const char* code, const char* text) {
    return tokens::WithoutPair(
        call, {.vendor_code = code, .vendor_message = text, .request_id = "1f", .http_status = 200}, kNow);
  };
  return {of(tokens::NoAnswer(call, unsent)),
          of(tokens::NoAnswer(call, lost)),
          of(answered("error_server", "Something wrong. Please try later.")),
          of(answered("error_rate_limit", "Too many requests.")),
          of(answered("error_param", "parameter invalid")),
          of(tokens::OfAnother(call, "1f", 200))};
}

Failures OfLogins() {
  Failures failures = OfTokenCalls(TokenCall::kLogin, OfLogin);
  failures.push_back(OfLogin(tokens::TooManyOthers(16)));
  failures.push_back(OfLogin(tokens::WithoutSubject("1f", 200)));
  return failures;
}

template <typename Request>
Failures OfAttempts(const Request& request) {
  static const endpoints::EndpointTable* const table =
      new endpoints::EndpointTable(*endpoints::EndpointTable::Build(
          std::vector{google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
                          "firstmile.v1.FirstMileService"),
                      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
                          "firstmile.v1.LogisticsService")}));
  const endpoints::Endpoint& endpoint = *table->FindByRequest(Request::descriptor());
  const secrets::Mask mask;
  const OutgoingCall call(endpoint, request, nullptr, {}, mask);
  const auto failed = [&call](HttpFailure failure, const char* detail, bool late, std::size_t sunk = 0) {
    transport::HttpResult result{failure, detail, {}};
    result.response.sunk_bytes = sunk;
    return FailureOf(gateway::ClassifyNoAnswer(call, result, late).report.status);
  };
  const char* const refused = "Could not connect to server";
  Failures failures = {
      failed(HttpFailure::kNotSent, refused, false),
      failed(HttpFailure::kLocalFault, "no socket is left (limit of open files)", false),
      failed(HttpFailure::kNoAnswer, "the connection ended without an answer", false),
      failed(HttpFailure::kTimedOut, "no answer within 5000 ms", false),
      failed(HttpFailure::kBodyTooLarge, "the answer has more than 4194304 bytes", false),
      failed(HttpFailure::kAnswerDropped, "it does not fit into the memory for large answers", false),
      failed(HttpFailure::kStopped, "stopped", false),
      failed(HttpFailure::kNotSent, refused, true),
      failed(HttpFailure::kTimedOut, "no answer within 5000 ms", true)};
  if (call.wants_file()) {
    failures.push_back(failed(HttpFailure::kNoAnswer, "the connection ended", false, 4096));
    failures.push_back(failed(HttpFailure::kTimedOut, "no byte came", true, 4096));
  }
  return failures;
}

Failures OfReadBack() {
  gateway::CallReport report;
  report.cause = "the connection ended without an answer";
  v1::Failure not_applied;
  read_back::SetFailureNotApplied(&not_applied);
  v1::Failure unknown = FailureOf(errors::Local(errors::Code::kUnavailable, "UPSTREAM_UNAVAILABLE",
                                                "error_server: Something wrong. Please try later.", ""));
  read_back::SetFailureUnknown(&unknown);
  return {FailureOf(read_back::NotApplied(report, kRpc)), FailureOf(read_back::NotReadInTime(kRpc)),
          not_applied, unknown};
}

Failures OfRpcs() {
  Failures failures;
  for (const google::rpc::Status& status :
       {rpc::DeadlinePassed(kRpc), rpc::CallerCancelled(kRpc), rpc::CallerDisconnected(kRpc),
        rpc::ReaderTookNothing(std::chrono::milliseconds(30000), kRpc), rpc::QueueOfQueriesIsFull(64, kRpc),
        rpc::WithoutRedirect(kRpc), rpc::TokensNotStored(kShop, kRpc), rpc::WatchEndsAtDrain(kRpc),
        rpc::WatcherTooSlow(10000, kRpc), rpc::EndIsNotTold(kRpc), rpc::CursorStandsStill(kRpc),
        rpc::CursorLeadsBack(kRpc), rpc::CursorTooLong(4096, 1024, kRpc), rpc::TooManyPages(1000000, kRpc)}) {
    failures.push_back(FailureOf(status));
  }
  return failures;
}

template <typename Request>
v1::Failure Refused(const Request& request) {
  const auto rules = endpoints::RequestRules::Compile(*Request::descriptor());
  return FailureOf(errors::InvalidRequest(rules->Check(request), kRpc));
}

v1::ImportTokensRequest OneImport() {
  v1::ImportTokensRequest request;
  request.add_tokens()->set_access_token("a");
  return request;
}

Failures OfRequests() {
  v1::GetUnbindOrderListRequest page;
  page.set_shop_id(600000);
  page.set_page_size(5000);
  v1::GetTrackingNumberListRequest dates;
  dates.set_shop_id(600000);
  dates.set_from_date("2026-01-02");
  dates.set_to_date("2026-1-1");
  v1::GetTrackingNumberListRequest order = dates;
  order.set_to_date("2026-01-01");
  v1::BindFirstMileTrackingNumberRequest bind;
  bind.set_shop_id(600000);
  bind.set_region("CN");
  bind.set_shipment_method("pickup");
  bind.set_first_mile_tracking_number(std::string(300, 'C'));
  for (int i = 0; i < 51; ++i) bind.add_order_list()->set_order_sn("A");
  v1::ImportTokensRequest account = OneImport();
  account.mutable_tokens(0)->mutable_subject()->set_main_account_id(1);
  v1::ImportTokensRequest time = OneImport();
  time.mutable_tokens(0)->mutable_subject()->set_shop_id(600000);
  time.mutable_tokens(0)->mutable_access_expire_time()->set_seconds(-1);
  v1::ListShopsRequest list;
  list.set_cursor("no cursor!");
  list.set_page_size(-1);
  list.add_states(static_cast<v1::TokenState>(99));
  v1::GetAuthorizationUrlRequest redirect;
  redirect.set_redirect_url("seller.test");
  v1::GetOrderDetailRequest detail;
  detail.set_shop_id(600000);
  detail.add_order_sn_list("201214JASXYXY6");
  detail.add_response_optional_fields("Buyer Name");
  return {Refused(v1::GetTrackingNumberRequest()),
          Refused(page),
          Refused(dates),
          Refused(order),
          Refused(bind),
          Refused(OneImport()),
          Refused(account),
          Refused(time),
          Refused(list),
          Refused(redirect),
          Refused(detail)};
}

// Each reason that an answer of Shopee can give.
Failures OfShopee() {
  Failures failures;
  for (const errors::Reason& reason : errors::Reasons()) {
    const bool shopee = reason.decided_by == errors::DecidedBy::kShopee ||
                        reason.decided_by == errors::DecidedBy::kShopeeOrBeforeSending;
    if (!shopee) continue;
    const bool quota = reason.retry_hint == errors::RetryHint::kUntilQuotaRenews;
    const errors::ErrorClass error_class{.code = reason.code,
                                         .reason = reason.name,
                                         .retry_after = quota ? std::optional(absl::Hours(2)) : std::nullopt};
    failures.push_back(FailureOf(errors::FromUpstream(
        error_class, {.vendor_code = "error_code", .vendor_message = "Shopee's text.", .http_status = 200},
        kRpc)));
  }
  for (const errors::UpstreamFailure& failure : {errors::UpstreamFailure{.http_status = 502},
                                                 {.vendor_message = "the body is empty", .http_status = 502},
                                                 {.vendor_message = "the body is empty", .http_status = 200},
                                                 {.vendor_code = "error_server", .http_status = 500},
                                                 {}}) {
    failures.push_back(FailureOf(errors::FromUpstream(errors::ClassifyError(failure, kNow), failure, kRpc)));
  }
  return failures;
}

}  // namespace

std::vector<TextGroup> TextSamples() {
  return {{"Requests that break the contract", OfRequests()},
          {"Limits of the sidecar", OfLimits()},
          {"No token to sign with", OfTokens()},
          {"A refresh fails", OfTokenCalls(TokenCall::kRefresh, OfRefresh)},
          {"A login fails", OfLogins()},
          {"No usable answer to a read", OfAttempts(v1::GetTrackingNumberRequest())},
          {"No usable answer to the download of a file", OfAttempts(v1::GetWaybillRequest())},
          {"No usable answer to a write", OfAttempts(v1::BindFirstMileTrackingNumberRequest())},
          {"A write that was read back", OfReadBack()},
          {"Found by the rpcs", OfRpcs()},
          {"Shopee's answers", OfShopee()}};
}

}  // namespace firstmile::testing

// A gateway over a scripted transport, with two tokens and a manual clock.
#pragma once

#include "absl/strings/match.h"
#include "firstmile/v1/first_mile_numbers.pb.h"
#include "firstmile/v1/logistics_tracking.pb.h"
#include "firstmile/v1/platform_push.pb.h"
#include "support/gateway_rig.h"
#include "tokens/token_refusals.h"

namespace firstmile::gateway {

using ::firstmile::testing::Answer;
using ::firstmile::testing::Failure;
using ::firstmile::testing::Settle;
using ::firstmile::testing::StartOnLoop;
using transport::HttpFailure;

inline constexpr int kOk = 0;
inline constexpr int kCancelled = 1;
inline constexpr int kUnknown = 2;
inline constexpr int kDeadlineExceeded = 4;
inline constexpr int kPermissionDenied = 7;
inline constexpr int kResourceExhausted = 8;
inline constexpr int kFailedPrecondition = 9;
inline constexpr int kInternal = 13;
inline constexpr int kUnavailable = 14;
inline constexpr int kUnauthenticated = 16;

inline constexpr char kFound[] =
    R"({"request_id":"r","error":"","message":"","response":{"tracking_number":"MY1"}})";
inline constexpr char kGenerated[] =
    R"({"request_id":"r","error":"","response":{"first_mile_tracking_number_list":["CNF1"]}})";
inline constexpr char kTokenRefused[] =
    R"({"request_id":"r","error":"invalid_acceess_token","message":"Invalid access_token, please have a check."})";
inline constexpr char kNoPermission[] = R"({"request_id":"r","error":"error_permission","message":"no"})";
inline constexpr char kRateLimited[] =
    R"({"request_id":"r","error":"error_rate_limit","message":"Too many requests."})";
inline constexpr char kTooLate[] =
    R"({"request_id":"r","error":"error_param","message":"Timestamp is expired."})";
inline constexpr char kSystemError[] =
    R"({"request_id":"r","error":"error_server","message":"Something wrong. Please try later."})";

// Returns "token-1"; after a rejection "token-2", once.
class TwoTokens final : public tokens::AccessTokens {
 public:
  async::Task<tokens::TokenAnswer> Get(tokens::Subject subject, std::stop_token) override {
    ++gets;
    if (!known) co_return tokens::TokenAnswer{{}, tokens::UnknownSubject(subject)};
    co_return tokens::TokenAnswer{secrets::Secret(std::string("token-1")), std::nullopt};
  }
  async::Task<tokens::TokenAnswer> Replace(tokens::Subject subject, secrets::Secret rejected,
                                           std::stop_token) override {
    ++replaces;
    if (refusal.has_value()) co_return tokens::TokenAnswer{{}, refusal};
    if (rejected.Reveal() != "token-1") {
      co_return tokens::TokenAnswer{{}, tokens::NotRenewable(subject)};
    }
    co_return tokens::TokenAnswer{secrets::Secret(std::string("token-2")), std::nullopt};
  }

  bool known = true;
  std::optional<tokens::TokenRefusal> refusal;
  int gets = 0;
  int replaces = 0;
};

class GatewayTest : public testing::GatewayRig<TwoTokens> {
 protected:
  GatewayTest() {
    read_.set_shop_id(600000);
    read_.set_order_sn("201214JASXYXY6");
    write_.set_shop_id(600000);
    write_.set_declare_date("2030-01-01");
  }

  CallContext Context() { return ContextFor(absl::Seconds(30)); }
  std::future<CallReport> StartRead(CallContext context) {
    return Start(read_, &read_answer_, std::move(context));
  }
  std::future<CallReport> StartWrite() { return Start(write_, &write_answer_, Context()); }
  std::future<CallReport> Start(const google::protobuf::Message& request, google::protobuf::Message* response,
                                CallContext context) {
    return StartOnLoop(loop_, gateway_.Call(EndpointOf(request), request, response, std::move(context)));
  }
  CallReport Read() { return Finish(StartRead(Context())); }
  CallReport Write() { return Finish(StartWrite()); }
  // An answer of time `time` that rejects the timestamp.
  static transport::HttpResult AnswerAt(absl::Time time) {
    transport::HttpResult result = Answer(kTooLate);
    result.response.date = absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", time, absl::UTCTimeZone());
    return result;
  }
  std::int64_t Timestamp(std::size_t request) {
    const std::string url = Url(request);
    return std::stoll(url.substr(url.find("timestamp=") + 10));
  }
  std::string Url(std::size_t request) { return std::string(transport_.requests[request].url.Reveal()); }
  std::size_t Sent() { return transport_.requests.size(); }

  v1::GetTrackingNumberRequest read_;
  v1::GetTrackingNumberResponse read_answer_;
  v1::GenerateFirstMileTrackingNumberRequest write_;
  v1::GenerateFirstMileTrackingNumberResponse write_answer_;
};

}  // namespace firstmile::gateway

// The callback of the pushes and the codes that are on. A new callback URL gets a test push first.
#include <algorithm>
#include <boost/json/array.hpp>

#include "emulator/api/operations.h"
#include "emulator/api/params.h"
#include "emulator/auth/redirect.h"
#include "emulator/push/callback_url.h"
#include "emulator/push/limits.h"
#include "emulator/push/outbox.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kIntranetDomain = "shopee.io";

std::vector<int> ReadCodes(const BodyFields& body, std::string_view name, Problem& problem) {
  std::vector<int> codes;
  for (const int64_t code :
       body.OptionalInts(name, push::KnownCodes().size()).value_or(std::vector<int64_t>())) {
    if (!push::IsKnownCode(code))
      problem.WrongParameter(std::string(name).append(" has an unknown push code."));
    codes.push_back(static_cast<int>(code));
  }
  return codes;
}

void CheckUrl(const std::string& url, Problem& problem) {
  if (!auth::IsWebUrl(url)) {
    return problem.Report("error_param", "this callback_url is invalid, please check your callback_url.");
  }
  if (auth::IsOfDomain(url, kIntranetDomain)) {
    return problem.Report(
        "error_param",
        "The call back url can not be Shopee intranet address, please change another new call "
        "back url");
  }
  if (url.starts_with("https:")) {
    return problem.WrongParameter("callback_url must be http, this emulator sends no pushes over TLS.");
  }
  if (!push::ParseCallbackUrl(url)) {
    problem.Report("error_param", "this callback_url is invalid, please check your callback_url.");
  }
}

push::ConfigChange ReadChange(const BodyFields& body, bool has_callback, Problem& problem) {
  push::ConfigChange change;
  if (body.HasValue("callback_url")) {
    change.callback_url = body.Optional("callback_url");
    if (!problem) CheckUrl(*change.callback_url, problem);
  }
  change.on = ReadCodes(body, "set_push_config_on", problem);
  change.off = ReadCodes(body, "set_push_config_off", problem);
  const bool both = std::any_of(change.on.begin(), change.on.end(), [&](int code) {
    return std::find(change.off.begin(), change.off.end(), code) != change.off.end();
  });
  if (both) problem.WrongParameter("a push code is in set_push_config_on and in set_push_config_off.");
  if (const auto blocked = body.OptionalInts("blocked_shop_id_list", push::kMaxBlockedShops)) {
    change.blocked_shops = std::set<int64_t>(blocked->begin(), blocked->end());
  }
  if (!has_callback && !change.callback_url) {
    if (!change.on.empty()) {
      problem.Report("error_param",
                     "Your app's callback_url is empty, please input a callback_url before you turn on push "
                     "config.");
    }
    problem.WrongParameter("callback_url is a required field.");
  }
  return change;
}

Reply Apply(push::Outbox& pushes, const push::ConfigChange& change) {
  pushes.Change(change);
  return Success({{"result", "success"}});
}

Reply AfterVerification(push::Outbox& pushes, const push::ConfigChange& change, push::Outcome outcome) {
  switch (outcome) {
    case push::Outcome::kNoAnswer:
      return Failure(
          "error_param",
          "Shopee have sent a test push to this call back url, but we didn't get any response in 3 "
          "seconds with 2xx code, please check your service.");
    case push::Outcome::kBadStatus:
      return Failure("error_param",
                     "Shopee have sent a test push to this call back url, the response code we get from this "
                     "callback_url is not 2xx code, please check your service.");
    default:
      return Apply(pushes, change);
  }
}

json::array ListOf(const std::set<int64_t>& ids) {
  return json::array(ids.begin(), ids.end());
}

}  // namespace

Reply SetAppPushConfig(PartnerCall& call) {
  push::Outbox& pushes = *call.pushes;
  Problem problem;
  const BodyFields body(call.body, problem);
  const bool has_callback = !pushes.subscription().config.callback_url.empty();
  const push::ConfigChange change = ReadChange(body, has_callback, problem);
  if (problem) return problem.AsReply();
  if (!change.callback_url) return Apply(pushes, change);
  const auto verification = pushes.Verify(*change.callback_url);
  if (verification == nullptr) return Failure("error_server", "Something wrong. Please try later.");
  Reply reply;
  reply.poll = [&pushes, change, verification]() -> std::optional<Reply> {
    const push::Outcome outcome = *verification;
    if (outcome == push::Outcome::kPending) return std::nullopt;
    return AfterVerification(pushes, change, outcome);
  };
  return reply;
}

Reply GetAppPushConfig(PartnerCall& call) {
  const push::Subscription now = call.pushes->subscription();
  json::array on;
  json::array off;
  for (const int code : push::KnownCodes()) (now.config.on.contains(code) ? on : off).push_back(code);
  json::object response = {{"callback_url", now.config.callback_url},
                           {"live_push_status", Name(now.status)},
                           {"blocked_shop_id", ListOf(now.config.blocked_shops)},
                           {"push_config_on_list", std::move(on)},
                           {"push_config_off_list", std::move(off)}};
  if (now.status == push::Status::kSuspended) response["suspended_time"] = now.suspended_at;
  return Success(std::move(response));
}

}  // namespace emulator::api

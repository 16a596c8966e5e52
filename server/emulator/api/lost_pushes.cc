// The lost pushes: the oldest 100, until the partner confirms them. `warning` is a string in these two calls.
#include <boost/json/array.hpp>

#include "emulator/api/operations.h"
#include "emulator/api/params.h"
#include "emulator/push/outbox.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

json::object Describe(const push::LostMessage& lost) {
  json::object entry;
  if (lost.message.shop_id != 0) entry["shop_id"] = lost.message.shop_id;
  entry["code"] = lost.message.code;
  entry["timestamp"] = lost.lost_at;
  entry["data"] = lost.message.body;  // the whole push as it was sent, as a string
  return entry;
}

}  // namespace

Reply GetLostPushMessage(PartnerCall& call) {
  const push::LostPage page = call.pushes->ReadLost();
  json::array messages;
  for (const push::LostMessage& lost : page.messages) messages.push_back(Describe(lost));
  Reply reply = Success({{"push_message_list", std::move(messages)},
                         {"has_next_page", page.has_next_page},
                         {"last_message_id", page.messages.empty() ? 0 : page.messages.back().id}});
  reply.warning = "";
  return reply;
}

Reply ConfirmConsumedLostPushMessage(PartnerCall& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const auto id = body.RequiredInt("last_message_id");
  if (problem) return problem.AsReply();
  if (!call.pushes->ConfirmLost(*id)) {
    return Failure("error_param", "The information you queried is not found.");
  }
  Reply reply;
  reply.warning = "";
  return reply;
}

}  // namespace emulator::api

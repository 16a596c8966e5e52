#include "emulator/api/reply.h"

#include "emulator/http/json_text.h"

namespace emulator::api {

namespace json = boost::json;

constexpr int kFound = 302;

Reply Failure(std::string_view error, std::string_view message) {
  Reply reply;
  reply.error = error;
  reply.message = message;
  return reply;
}

Reply Success(json::object response) {
  Reply reply;
  reply.response = std::move(response);
  return reply;
}

http::Answer Render(const Reply& reply, const std::string& request_id) {
  http::Answer answer;
  answer.status = reply.http_status;
  if (!reply.redirect_to.empty()) {
    answer.status = kFound;
    answer.content_type = "text/html; charset=utf-8";
    answer.headers.emplace_back("Location", reply.redirect_to);
    return answer;
  }
  if (!reply.file.empty()) {
    answer.content_type = reply.file_type;
    answer.headers = reply.file_headers;
    answer.body = reply.file;
    return answer;
  }
  json::object envelope;
  envelope["request_id"] = request_id;
  envelope["error"] = reply.error;
  envelope[reply.message_is_msg ? "msg" : "message"] = reply.message;
  if (reply.warning) envelope["warning"] = *reply.warning;
  for (const auto& field : reply.top_level) envelope[field.key()] = field.value();
  if (reply.response) envelope["response"] = *reply.response;
  answer.body = http::ToJsonText(envelope);
  return answer;
}

}  // namespace emulator::api

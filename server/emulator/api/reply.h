// The result of an operation, before it becomes an HTTP answer in Shopee's envelope.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/http/message.h"

namespace emulator::api {

struct Reply {
  std::string error;
  std::string message;
  std::optional<boost::json::value> response;
  std::optional<boost::json::value> warning;
  boost::json::object top_level;  // members beside `error`, for calls without a response object
  std::string file;               // if not empty, the whole body, without an envelope
  std::string file_type;
  http::Pairs file_headers;
  std::string redirect_to;  // if not empty, redirects a browser to this URL
  int http_status = 200;
  bool message_is_msg = false;  // some documented error samples have msg instead of message
  // If set, the reply is not ready: call this repeatedly, without the lock of the world, until it returns
  // one.
  std::function<std::optional<Reply>()> poll;
};

Reply Failure(std::string_view error, std::string_view message);
Reply Success(boost::json::object response);

http::Answer Render(const Reply& reply, const std::string& request_id);

}  // namespace emulator::api

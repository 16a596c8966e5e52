// What an operation answers, before it becomes an HTTP answer in the platform's envelope.
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
  boost::json::object top_level;  // fields beside `error`, for calls without a response object
  std::string file;               // not empty: the whole body instead of an envelope
  std::string file_type;
  http::Pairs file_headers;
  std::string redirect_to;  // not empty: sends a browser there
  int http_status = 200;
  bool message_is_msg = false;  // some documented error samples say msg instead of message
  // Set: the reply is not known yet. Call this now and then, without the lock of the world, until it gives
  // one.
  std::function<std::optional<Reply>()> ask_again;
};

Reply Failure(std::string_view error, std::string_view message);
Reply Success(boost::json::object response);

http::Answer Render(const Reply& reply, const std::string& request_id);

}  // namespace emulator::api

#include "emulator/control/json_answer.h"

#include <boost/json/parse.hpp>

#include "emulator/http/json_text.h"

namespace emulator::control {

namespace json = boost::json;

http::Answer Ok(const json::value& value) {
  http::Answer answer;
  answer.body = http::ToJsonText(value) + "\n";
  return answer;
}

http::Answer Error(int status, const std::string& text) {
  http::Answer answer = Ok(json::object{{"error", text}});
  answer.status = status;
  return answer;
}

const json::object* ParseBody(const http::Request& request, json::value& storage) {
  boost::system::error_code error;
  storage = json::parse(request.body, error);
  return error ? nullptr : storage.if_object();
}

}  // namespace emulator::control

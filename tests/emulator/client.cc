#include "client.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

namespace emulator_test {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;

std::string HmacHex(const std::string& key, const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  std::string hex;
  char pair[3];
  for (unsigned int i = 0; i < size; ++i) {
    std::snprintf(pair, sizeof pair, "%02x", digest[i]);
    hex += pair;
  }
  return hex;
}

std::string PercentEncode(const std::string& text) {
  std::string encoded;
  char escape[4];
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
      encoded += c;
    } else {
      std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(c));
      encoded += escape;
    }
  }
  return encoded;
}

json::object HttpReply::Json() const {
  boost::system::error_code error;
  const json::value value = json::parse(body, error);
  if (error || !value.is_object()) {
    ADD_FAILURE() << "no JSON object, status " << status << ": " << body.substr(0, 300);
    return {};
  }
  return value.get_object();
}

struct Connection::Socket {
  asio::io_context io;
  asio::ip::tcp::socket tcp{io};
  boost::beast::flat_buffer buffer;
  std::string unparsed;  // of ReadUntil
};

Connection::Connection(uint16_t port) : socket_(std::make_unique<Socket>()) {
  socket_->tcp.connect({asio::ip::make_address("127.0.0.1"), port});
}

Connection::~Connection() = default;

bool Connection::SendRaw(const std::string& bytes) {
  boost::system::error_code error;
  asio::write(socket_->tcp, asio::buffer(bytes), error);
  return !error;
}

HttpReply Connection::Send(const std::string& verb, const std::string& target, const std::string& body,
                           const std::string& content_type) {
  std::string request = verb + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  if (!body.empty()) {
    request +=
        "Content-Type: " + content_type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  SendRaw(request + "\r\n" + body);
  return Read(verb == "HEAD");
}

HttpReply Connection::Read(bool to_head) {
  http::response_parser<http::string_body> parser;
  parser.body_limit(64 * 1024 * 1024);
  parser.skip(to_head);
  boost::system::error_code error;
  http::read(socket_->tcp, socket_->buffer, parser, error);
  HttpReply reply;
  if (error) return reply;
  reply.status = static_cast<int>(parser.get().result_int());
  reply.content_type = std::string(parser.get()[http::field::content_type]);
  reply.body = parser.get().body();
  return reply;
}

std::string Connection::ReadUntil(const std::string& delimiter) {
  boost::system::error_code error;
  const std::size_t bytes =
      asio::read_until(socket_->tcp, asio::dynamic_buffer(socket_->unparsed), delimiter, error);
  std::string text = socket_->unparsed.substr(0, error ? socket_->unparsed.size() : bytes);
  socket_->unparsed.erase(0, text.size());
  return text;
}

std::string Connection::ReadToEnd() {
  std::string bytes;
  boost::system::error_code error;
  asio::read(socket_->tcp, asio::dynamic_buffer(bytes), error);
  return bytes;
}

void Connection::Close() {
  socket_->tcp.close();
}

Caller::Caller(uint16_t port_in, int64_t now_in, int64_t shop) : port(port_in), now(now_in) {
  shop_id = std::to_string(shop);
  access_token = "acce55" + std::string(26 - shop_id.size(), '0') + shop_id;
}

Params Caller::Common(const std::string& path) const {
  const std::string time = std::to_string(now);
  const std::string sign = HmacHex(key, partner_id + path + time + access_token + shop_id);
  return {{"partner_id", partner_id},
          {"timestamp", time},
          {"sign", sign},
          {"access_token", access_token},
          {"shop_id", shop_id}};
}

std::string TargetOf(const std::string& path, const Params& params) {
  std::string target = path;
  char separator = '?';
  for (const auto& [name, value] : params) {
    target += separator + name + "=" + PercentEncode(value);
    separator = '&';
  }
  return target;
}

std::string Caller::Target(const std::string& path, const Params& params) const {
  Params all = Common(path);
  all.insert(all.end(), params.begin(), params.end());
  return TargetOf(path, all);
}

HttpReply Caller::GetRaw(const std::string& path, const Params& params) const {
  return Connection(port).Send("GET", Target(path, params));
}

HttpReply Caller::PostRaw(const std::string& path, const std::string& body) const {
  return Connection(port).Send("POST", Target(path), body);
}

json::object Caller::Get(const std::string& path, const Params& params) const {
  return GetRaw(path, params).Json();
}

json::object Caller::Post(const std::string& path, const std::string& body) const {
  return PostRaw(path, body).Json();
}

std::string Text(const json::object& object, const std::string& name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

const json::object& Response(const json::object& answer) {
  static const json::object* const kNone = new json::object();
  const json::value* value = answer.if_contains("response");
  if (value != nullptr && value->is_object()) return value->get_object();
  ADD_FAILURE() << "no response object: " << json::value(answer);
  return *kNone;
}

const json::array& List(const json::object& object, const std::string& name) {
  static const json::array* const kNone = new json::array();
  const json::value* value = object.if_contains(name);
  if (value != nullptr && value->is_array()) return value->get_array();
  ADD_FAILURE() << "no list " << name << ": " << json::value(object);
  return *kNone;
}

json::object Element(const json::array& list, const std::string& key, const std::string& value) {
  for (const json::value& element : list) {
    if (element.is_object() && Text(element.get_object(), key) == value) return element.get_object();
  }
  ADD_FAILURE() << "no element with " << key << " " << value << ": " << json::value(list);
  return {};
}

}  // namespace emulator_test

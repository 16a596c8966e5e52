// A blocking client for the emulator's tests, with its own signer. One thread per object.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace emulator_test {

using Params = std::vector<std::pair<std::string, std::string>>;

inline constexpr char kDemoKey[] = "57615053704d6470644f554a78656d50484143644964436a5568777544524579";
inline constexpr int64_t kShop = 600000;

std::string HmacHex(const std::string& key, const std::string& text);
std::string PercentEncode(const std::string& text);

struct HttpReply {
  int status = 0;  // 0 if the connection closed before an answer
  std::string content_type;
  std::string body;

  boost::json::object Json() const;  // fails the test if the body is not a JSON object
};

// One connection to 127.0.0.1.
class Connection {
 public:
  explicit Connection(uint16_t port);
  ~Connection();

  HttpReply Send(const std::string& verb, const std::string& target, const std::string& body = "",
                 const std::string& content_type = "application/json");
  bool SendRaw(const std::string& bytes);
  HttpReply Read(bool to_head = false);
  std::string ReadUntil(const std::string& delimiter);  // including it; less if the other side closes
  std::string ReadToEnd();                              // until the other side closes
  void Close();

 private:
  struct Socket;
  std::unique_ptr<Socket> socket_;
};

// Signs calls as one shop. The members may be changed between calls.
struct Caller {
  uint16_t port = 0;
  int64_t now = 0;
  std::string shop_id = std::to_string(kShop);
  std::string access_token;
  std::string partner_id = "2001887";
  std::string key = kDemoKey;

  Caller(uint16_t port, int64_t now, int64_t shop = kShop);
  // The five common parameters, signed.
  Params Common(const std::string& path) const;
  std::string Target(const std::string& path, const Params& params = {}) const;

  HttpReply GetRaw(const std::string& path, const Params& params = {}) const;
  HttpReply PostRaw(const std::string& path, const std::string& body) const;
  boost::json::object Get(const std::string& path, const Params& params = {}) const;
  boost::json::object Post(const std::string& path, const std::string& body) const;
};

std::string TargetOf(const std::string& path, const Params& params);

// A field of an answer as text; "" if it is missing.
std::string Text(const boost::json::object& object, const std::string& name);
const boost::json::object& Response(const boost::json::object& answer);
const boost::json::array& List(const boost::json::object& object, const std::string& name);
// The element of a list whose `key` is `value`; if there is none, fails the test and returns an empty one.
boost::json::object Element(const boost::json::array& list, const std::string& key, const std::string& value);

}  // namespace emulator_test

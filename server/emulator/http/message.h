// One HTTP request as it was read and one answer as it will be written. Plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace emulator::http {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string verb;
  std::string path;       // percent-decoded
  std::string raw_query;  // as sent, without the question mark
  Pairs query;            // percent-decoded, in the order sent
  std::string content_type;
  std::string host;  // as are these three, the header of that name, or empty
  std::string origin;
  std::string referer;
  std::string sec_fetch_site;
  std::string body;
  std::string peer_address;
  bool peer_is_loopback = false;

  // The first value of a query parameter, or null when it was not sent.
  const std::string* Find(std::string_view name) const;
};

struct Answer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Pairs headers;
  std::size_t send_at_most = std::numeric_limits<std::size_t>::max();  // of the body; less closes after it
  // Of kBegin: what the head promises; nothing: no length, and the connection ends with the body.
  std::optional<std::size_t> promised_bytes;
};

// What a connection does next for the request it holds.
struct Step {
  // kBegin, kPart and kEnd make one answer in pieces: its head, then bodies as they are, then the end.
  enum class Kind { kAnswer, kWait, kStaySilent, kClose, kBegin, kPart, kEnd };
  Kind kind = Kind::kAnswer;
  std::chrono::milliseconds delay{0};  // of kWait
  Answer answer;                       // of kAnswer, kBegin and kPart
};

// The life of one request. Used by one connection on one thread; destroyed when the answer is written, when
// the client has gone, or when the server stops.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // Called once on arrival and again after every kWait, kBegin and kPart.
  virtual Step Next() = 0;
  // The answer was handed to the socket in full.
  virtual void Sent() = 0;
};

}  // namespace emulator::http

// HTTP requests, answers, and the steps from one to the other. Plain values.
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
  std::string host;  // this and the next three: the header of that name, or empty
  std::string origin;
  std::string referer;
  std::string sec_fetch_site;
  std::string body;
  std::string peer_address;
  bool peer_is_loopback = false;

  // The first value of a query parameter, or null if it was not sent.
  const std::string* Find(std::string_view name) const;
};

struct Answer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Pairs headers;
  std::size_t send_at_most =
      std::numeric_limits<std::size_t>::max();  // of the body; if less, the connection closes
  std::size_t head_at_most =
      std::numeric_limits<std::size_t>::max();  // of the head; if less, the connection closes
  // For kBegin: the Content-Length. nullopt: none, and the end of the body closes the connection.
  std::optional<std::size_t> promised_bytes;
};

// The next action of a connection for its current request.
struct Step {
  // kBegin, kPart and kEnd send one answer in pieces: the head, parts of the body, the end.
  enum class Kind { kAnswer, kWait, kStaySilent, kClose, kBegin, kPart, kEnd };
  Kind kind = Kind::kAnswer;
  std::chrono::milliseconds delay{0};  // of kWait
  Answer answer;                       // of kAnswer, kBegin and kPart
};

// Produces the answer to one request. Used by one connection on one thread; destroyed when the answer is
// written, the client is gone or the server stops.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // Called on arrival and again after every kWait, kBegin and kPart.
  virtual Step Next() = 0;
  // Called when the whole answer was written to the socket.
  virtual void Sent() = 0;
};

}  // namespace emulator::http

// What an HTTP call is to the rooms above; how it is made is the implementation's business.
//
// A transport belongs to one event loop: call `Send` on that loop's thread; the task resumes there.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>

#include "absl/strings/string_view.h"
#include "async/task.h"
#include "secrets/secret.h"
#include "transport/byte_budget.h"

namespace firstmile::transport {

struct HttpRequest {
  secrets::Secret url;  // carries the token and the signature
  bool post = false;
  std::string body;  // JSON; POST only
  std::chrono::milliseconds
      timeout{};  // from connecting to the last byte; the wait for a place is not counted

  // Most bytes of the answer's body: 0, or more than the transport's own limit, means that one.
  std::size_t answer_bytes_max = 0;

  // True: the HTTP library may send it a second time by itself when a kept connection turns out to be dead;
  // nobody counts that. False: the request leaves at most once.
  bool repeatable = true;

  // True: a connection of its own carries it and nothing else, so that nothing of another call can be taken
  // for its answer.
  bool own_connection = false;
};

struct HttpResponse {
  int status = 0;
  std::string content_type;
  std::string body;
  std::string date = {};         // the Date header as it came; may be empty
  std::string retry_after = {};  // the Retry-After header as it came; mostly empty

  // Of a large body: to be kept as long as its bytes are, in whatever form. Null: it is small.
  std::shared_ptr<ByteBudget::Share> memory = nullptr;
};

enum class HttpFailure {
  kNone,
  kOverloaded,  // the transport's queue is full; nothing was sent
  kLocalFault,  // this process could not make the request; nothing was sent, and the host has no part in it
  kNotSent,     // no connection; the platform cannot have seen the request
  kNotSentInTime,  // as kNotSent, because the attempt's time was up before a connection stood
  kNoAnswer,       // the request may have arrived; no complete answer came
  kTimedOut,       // as kNoAnswer, because the attempt's time was up
  kBodyTooLarge,   // an answer came and was longer than the limit
  kAnswerDropped,  // an answer came, and answers take all the memory that they may already
  kStopped,        // a stop was requested
};

// True when the platform cannot have seen the request.
inline bool NothingWasSent(HttpFailure failure) {
  return failure == HttpFailure::kOverloaded || failure == HttpFailure::kLocalFault ||
         failure == HttpFailure::kNotSent || failure == HttpFailure::kNotSentInTime;
}

struct HttpResult {
  HttpFailure failure = HttpFailure::kNone;
  std::string detail;  // for people; never the URL
  HttpResponse response;
};

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  // One attempt. An HTTP error status is a success here: the result carries the response. A stop drops the
  // transfer and closes its connection.
  virtual async::Task<HttpResult> Send(HttpRequest request, std::stop_token stop) = 0;

  // To be told of an answer that names another subject than its request: whatever gave it may give the next
  // call another one's answer too. No connection of before is used again, and for a while none is used twice.
  virtual void Distrust() {}
};

}  // namespace firstmile::transport

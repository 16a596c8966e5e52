// The HTTP interface for the modules above.
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
#include "transport/body_sink.h"
#include "transport/byte_budget.h"
#include "transport/clock.h"

namespace firstmile::transport {

struct HttpRequest {
  secrets::Secret url;  // contains the token and the signature
  bool post = false;
  std::string body;                     // JSON; POST only
  std::chrono::milliseconds timeout{};  // to the last byte of the answer

  // Most bytes of the answer's body. 0, or more than the transport's own limit, means the transport's limit.
  std::size_t answer_bytes_max = 0;

  // True: the HTTP library may send the request a second time when a reused connection turns out to be dead.
  // That is not counted as an attempt. False: the request is sent at most once.
  bool repeatable = true;

  // True: the request has a connection to itself, so that no other call's answer can be taken for its own.
  bool own_connection = false;

  // The latest time to send the request. Checked once its connection is ready, so that neither waiting nor a
  // suspended process delays it further. After it: kTooLateToSend.
  MonotonicTime send_by = MonotonicTime::max();

  // Is offered the body of the answer; null: the answer contains the body. With a sink, `timeout` is the
  // longest time without a byte, apart from the sink's own pauses (libcurl takes up to eight seconds more),
  // and `sink_timeout` the time to the last byte.
  BodySink* sink = nullptr;
  std::chrono::milliseconds sink_timeout{};
};

struct HttpResponse {
  int status = 0;
  std::string content_type;
  std::string body;
  std::size_t sunk_bytes = 0;    // of the body, taken by the request's sink
  std::string date = {};         // the Date header verbatim; may be empty
  std::string retry_after = {};  // the Retry-After header verbatim; usually empty

  // The memory share of a large body; keep it as long as its bytes, in whatever form. Null: the body is
  // small.
  std::shared_ptr<ByteBudget::Share> memory = nullptr;
};

enum class HttpFailure {
  kNone,
  kLocalFault,     // this process could not make the request; nothing was sent; not the host's failure
  kNotSent,        // no connection; Shopee cannot have seen the request
  kNotSentInTime,  // as kNotSent: the attempt's time was up before the connection was ready
  kTooLateToSend,  // as kNotSent: the request's `send_by` had passed
  kNoAnswer,       // the request may have arrived; no complete answer came
  kTimedOut,       // as kNoAnswer: the attempt's time was up
  kBodyTooLarge,   // an answer came and exceeded the limit
  kAnswerDropped,  // an answer came, but large answers already use all their memory
  kStopped,        // a stop was requested; the request may have arrived
  kStoppedUnsent,  // a stop was requested before anything was sent
};

// Whether it is certain that Shopee has not seen the request.
inline bool NothingWasSent(HttpFailure failure) {
  return failure == HttpFailure::kLocalFault || failure == HttpFailure::kNotSent ||
         failure == HttpFailure::kNotSentInTime || failure == HttpFailure::kTooLateToSend ||
         failure == HttpFailure::kStoppedUnsent;
}

struct HttpResult {
  HttpFailure failure = HttpFailure::kNone;
  std::string detail;  // for people; never the URL
  HttpResponse response;
};

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  // Makes one attempt. An HTTP error status is a success here: the result carries the response. A stop drops
  // the transfer and closes its connection.
  virtual async::Task<HttpResult> Send(HttpRequest request, std::stop_token stop) = 0;

  // Call it after an answer for another subject than its request's: the same source may give the next call a
  // wrong answer too. No existing connection is used again, and for a while none is reused.
  virtual void Distrust() {}
};

}  // namespace firstmile::transport

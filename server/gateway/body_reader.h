// Reads the JSON bodies of answers, large ones apart from the event loop. Internal to this module.
//
// Belongs to its gateway's loop.
#pragma once

#include "absl/status/status.h"
#include "async/task.h"
#include "codec/answer.h"
#include "gateway/exchange.h"
#include "transport/blocking_threads.h"
#include "transport/http_transport.h"

namespace firstmile::gateway {

// What a body says.
struct BodyReading {
  codec::Answer answer = {};
  bool unread = false;   // too many large bodies wait already
  bool success = false;  // the platform reports one, or outcomes; then the exchange's response is filled
  absl::Status decoded =
      {};  // of a success; kInternal and the JSON path when it cannot be what the contract says
};

class BodyReader {
 public:
  // `loop` and `threads` outlive the reader. A body of more than `json_bytes_max` is not read.
  BodyReader(transport::EventLoop& loop, transport::BlockingThreads& threads, std::size_t json_bytes_max)
      : loop_(loop), threads_(threads), json_bytes_max_(json_bytes_max), reader_(json_bytes_max) {}

  // Reads the body and decodes a success. Up to codec::kLargeBodyBytes at once, a larger body on one of the
  // threads. The reading is valid until the next one; `response` outlives the task.
  async::Task<BodyReading> Read(Exchange& exchange, const transport::HttpResponse& response);

 private:
  transport::EventLoop& loop_;
  transport::BlockingThreads& threads_;
  const std::size_t json_bytes_max_;
  codec::AnswerReader reader_;
};

}  // namespace firstmile::gateway

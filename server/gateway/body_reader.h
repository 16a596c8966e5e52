// Reads the JSON bodies of answers; large ones on other threads. Internal to this module.
//
// Not thread-safe; use it only on its gateway's loop.
#pragma once

#include "absl/status/status.h"
#include "async/task.h"
#include "codec/answer.h"
#include "gateway/outgoing_call.h"
#include "transport/blocking_threads.h"
#include "transport/http_transport.h"

namespace firstmile::gateway {

// The content of a body.
struct BodyReading {
  codec::Answer answer = {};
  bool unread = false;        // too many large bodies are waiting
  bool success = false;       // Shopee reports success or outcomes, and the call's response is filled
  absl::Status decoded = {};  // of a success; kInternal and the JSON path when it does not match the contract
  codec::DecodeReport report = {};
};

class BodyReader {
 public:
  // `loop` and `threads` outlive the reader. A body longer than `json_bytes_max` is not read.
  BodyReader(transport::EventLoop& loop, transport::BlockingThreads& threads, std::size_t json_bytes_max)
      : loop_(loop), threads_(threads), json_bytes_max_(json_bytes_max), reader_(json_bytes_max) {}

  // Reads the body, and decodes it if it is a success. The reading is valid until the next one.
  BodyReading Read(const OutgoingCall& call, const transport::HttpResponse& response);
  // The same on one of the threads. `call` and `response` outlive the task.
  async::Task<BodyReading> ReadApart(const OutgoingCall& call, const transport::HttpResponse& response);

 private:
  transport::EventLoop& loop_;
  transport::BlockingThreads& threads_;
  const std::size_t json_bytes_max_;
  codec::AnswerReader reader_;
};

}  // namespace firstmile::gateway

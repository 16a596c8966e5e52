// What the end of an attempt means for its call. For this room alone.
//
// Belongs to its gateway's loop.
#pragma once

#include "gateway/body_reader.h"
#include "gateway/exchange.h"
#include "transport/clock.h"
#include "transport/http_transport.h"

namespace firstmile::gateway {

// True when the body is a file, not an envelope, and so may hold any bytes.
bool LooksLikeFile(const transport::HttpResponse& response);

// True when the answer is the file that the call asked for.
bool IsFile(const Exchange& exchange, const transport::HttpResponse& response);

class AnswerJudge {
 public:
  // `clock` outlives the judge.
  explicit AnswerJudge(const transport::Clock& clock) : clock_(clock) {}

  // Fills the exchange's report, and what may be done next. The envelope is judged before the HTTP status.
  // `reading` is that of the result's body, when it is JSON.
  void Judge(Exchange& exchange, transport::HttpResult result, const BodyReading& reading);

 private:
  void JudgeFailure(Exchange& exchange, const transport::HttpResult& result);
  void JudgeLateFailure(Exchange& exchange, bool ambiguous);
  void JudgeFile(Exchange& exchange, transport::HttpResponse response);
  void JudgeJson(Exchange& exchange, const transport::HttpResponse& response, const BodyReading& reading);
  void JudgeTooLarge(Exchange& exchange, absl::string_view detail, absl::string_view setting);
  void JudgeDropped(Exchange& exchange, absl::string_view detail);
  void Reject(Exchange& exchange, const errors::UpstreamFailure& failure);
  void Accept(Exchange& exchange, const BodyReading& reading);

  const transport::Clock& clock_;
};

}  // namespace firstmile::gateway

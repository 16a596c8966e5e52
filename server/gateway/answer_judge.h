// What the end of an attempt means for its call. For this room alone.
//
// Belongs to its gateway's loop.
#pragma once

#include "codec/answer.h"
#include "gateway/exchange.h"
#include "transport/clock.h"
#include "transport/http_transport.h"

namespace firstmile::gateway {

// True when the body is a file, not an envelope, and so may hold any bytes.
bool LooksLikeFile(const transport::HttpResponse& response);

class AnswerJudge {
 public:
  // `clock` outlives the judge.
  explicit AnswerJudge(const transport::Clock& clock) : clock_(clock) {}

  // Fills the exchange's report, and what may be done next. The envelope is judged before the HTTP status.
  void Judge(Exchange& exchange, transport::HttpResult result);

 private:
  void JudgeFailure(Exchange& exchange, const transport::HttpResult& result);
  void JudgeLateFailure(Exchange& exchange, bool ambiguous);
  void JudgeResponse(Exchange& exchange, transport::HttpResponse response);
  void Reject(Exchange& exchange, const errors::UpstreamFailure& failure);
  void Accept(Exchange& exchange, const codec::Answer& answer);

  const transport::Clock& clock_;
  codec::AnswerReader reader_;
};

}  // namespace firstmile::gateway

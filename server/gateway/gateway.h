// One logical call to the platform: token, sign, send, judge, retry.
//
// A gateway belongs to one event loop, like the shops that it calls for: use it on that loop's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/random/random.h"
#include "async/task.h"
#include "codec/answer.h"
#include "codec/response_decoder.h"
#include "endpoints/endpoint_table.h"
#include "errors/verdict.h"
#include "google/rpc/status.pb.h"
#include "secrets/secret.h"
#include "signing/signer.h"
#include "tokens/access_tokens.h"
#include "transport/event_loop.h"
#include "transport/http_transport.h"

namespace firstmile::gateway {

struct GatewayOptions {
  std::string base_url;  // scheme, host and port, without a slash at the end
  int attempts_max = 2;  // of one call, the first included
  absl::Duration backoff_initial = absl::Milliseconds(100);
  absl::Duration backoff_max = absl::Seconds(1);
};

// What the caller brings besides the request.
struct CallContext {
  transport::MonotonicTime deadline = transport::MonotonicTime::max();
  std::stop_token stop;                         // requested at the deadline too
  std::optional<secrets::Secret> access_token;  // the caller's own; the token source is not asked then
};

// How a call ended, for the caller and for the log.
struct CallReport {
  google::rpc::Status status;  // code 0: the response is filled
  int attempts = 0;
  int http_status = 0;
  std::string vendor_code;
  std::string request_id;
  codec::DecodeReport decode;
};

class Gateway {
 public:
  // All references outlive the gateway.
  Gateway(GatewayOptions options, transport::EventLoop& loop, transport::HttpTransport& transport,
          tokens::AccessTokens& tokens, const signing::Signer& signer)
      : options_(std::move(options)), loop_(loop), transport_(transport), tokens_(tokens), signer_(signer) {}

  // `request` and `response` outlive the task. A write is sent again only when the platform said that it did
  // nothing.
  async::Task<CallReport> Call(const endpoints::Endpoint& endpoint, const google::protobuf::Message& request,
                               google::protobuf::Message* response, CallContext context);

 private:
  struct Exchange;

  async::Task<bool> FindToken(Exchange& exchange);
  async::Task<void> TryOnce(Exchange& exchange);
  async::Task<bool> PrepareNextAttempt(Exchange& exchange);
  async::Task<bool> ReplaceToken(Exchange& exchange);
  void RefuseForToken(Exchange& exchange, const tokens::TokenRefusal& refusal);
  void Interpret(Exchange& exchange, transport::HttpResult result);
  void InterpretFailure(Exchange& exchange, const transport::HttpResult& result);
  void InterpretResponse(Exchange& exchange, transport::HttpResponse response);
  void Reject(Exchange& exchange, const errors::UpstreamFailure& failure);
  void Accept(Exchange& exchange, const codec::Answer& answer);
  absl::Duration Backoff(const Exchange& exchange);

  const GatewayOptions options_;
  transport::EventLoop& loop_;
  transport::HttpTransport& transport_;
  tokens::AccessTokens& tokens_;
  const signing::Signer& signer_;
  codec::AnswerReader reader_;
  absl::BitGen random_;
};

}  // namespace firstmile::gateway

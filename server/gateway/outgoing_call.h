// One call to Shopee, shared by all its attempts. Internal to this module.
//
// Not thread-safe; use it only on its gateway's loop.
#pragma once

#include <utility>

#include "codec/request_encoder.h"
#include "endpoints/endpoint_table.h"
#include "gateway/call_report.h"
#include "secrets/mask.h"
#include "signing/signer.h"
#include "subjects/subject.h"

namespace firstmile::gateway {

struct OutgoingCall {
  // `request` and `response` outlive the call. `mask`: the secrets known to every call.
  OutgoingCall(const endpoints::Endpoint& e, const google::protobuf::Message& q, google::protobuf::Message* r,
               CallContext c, const secrets::Mask& m)
      : endpoint(e),
        request(q),
        response(r),
        context(std::move(c)),
        wire(e.encoder.Encode(q)),
        owner(e.SubjectOf(q)),
        mask(m) {
    if (e.subject == nullptr) return;
    subject.parameter = subjects::ParameterOf(owner.kind);
    subject.id = owner.id;
  }

  // A read may be repeated whatever its outcome.
  bool repeatable() const { return endpoint.effect != firstmile::mapping::EFFECT_WRITE; }
  bool wants_file() const { return endpoint.payload == firstmile::mapping::PAYLOAD_KIND_FILE; }

  const endpoints::Endpoint& endpoint;
  const google::protobuf::Message& request;
  google::protobuf::Message* const response;
  const CallContext context;
  const codec::WireRequest wire;

  const subjects::Subject owner;  // its tokens and limits are used

  signing::Subject subject;  // the owner in the signature, with the latest token
  secrets::Mask mask;        // secrets that Shopee or a proxy may repeat in an answer

  int attempts = 0;
  int rate_limited = 0;   // rate-limited attempts among them
  absl::Duration waited;  // for permits, and between attempts
  absl::Time sent_at;     // the latest attempt
  absl::Time signed_for;  // Shopee's time for it
  bool token_replaced = false;
  bool clock_corrected = false;
};

}  // namespace firstmile::gateway

#include "gateway/body_reader.h"

#include "absl/status/statusor.h"
#include "codec/masked_message.h"

namespace firstmile::gateway {
namespace {

bool IsSuccess(const OutgoingCall& call, const codec::Answer& answer, int http_status) {
  const codec::ResponseDecoder& decoder = call.endpoint.decoder;
  if (decoder.has_outcomes() && errors::IsAllFailedBatch(answer.error)) return true;
  const bool from_platform = answer.is_envelope || (call.repeatable() && decoder.HasBarePayload(answer));
  return from_platform && answer.error.empty() && http_status < 400 && !call.wants_file();
}

// Decoded, and without the secrets that Shopee may have repeated.
BodyReading Decode(const OutgoingCall& call, codec::Answer answer, const transport::HttpResponse& response,
                   absl::Time now) {
  BodyReading reading{.answer = std::move(answer)};
  reading.answer.http_status = response.status;
  reading.answer.received_at = now;
  reading.success = IsSuccess(call, reading.answer, response.status);
  if (!reading.success) return reading;
  reading.decoded =
      call.endpoint.decoder.Decode(reading.answer, call.request, call.response, &reading.report);
  // A write that creates something and has no outcomes must name what it created.
  const bool must_have_content = !call.repeatable() && !call.endpoint.decoder.has_outcomes();
  if (must_have_content && reading.decoded.ok() && call.endpoint.decoder.HasNoContent(*call.response)) {
    reading.decoded =
        absl::InternalError("$.response: the response reports a success and does not name what was created");
  }
  if (call.mask.MayBeIn(response.body)) codec::MaskMessage(call.mask, call.response);
  return reading;
}

}  // namespace

BodyReading BodyReader::Read(const OutgoingCall& call, const transport::HttpResponse& response) {
  return Decode(call, reader_.Read(response.body, call.mask), response, loop_.clock().Now());
}

async::Task<BodyReading> BodyReader::ReadApart(const OutgoingCall& call,
                                               const transport::HttpResponse& response) {
  // While the thread runs, no other code accesses the call's response or the answer.
  absl::StatusOr<BodyReading> reading =
      co_await threads_.Run(loop_, [&call, &response, limit = json_bytes_max_, now = loop_.clock().Now()] {
        return absl::StatusOr<BodyReading>(
            Decode(call, codec::ReadLargeAnswer(response.body, limit, call.mask), response, now));
      });
  if (!reading.ok()) co_return BodyReading{.unread = true};
  co_return *std::move(reading);
}

}  // namespace firstmile::gateway

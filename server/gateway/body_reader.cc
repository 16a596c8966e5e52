#include "gateway/body_reader.h"

#include "absl/status/statusor.h"
#include "codec/masked_message.h"

namespace firstmile::gateway {
namespace {

bool IsSuccess(const Exchange& exchange, const codec::Answer& answer, int http_status) {
  const codec::ResponseDecoder& decoder = exchange.endpoint.decoder;
  if (decoder.has_outcomes() && errors::IsAllFailedBatch(answer.error)) return true;
  const bool file = exchange.endpoint.payload == firstmile::v1::PAYLOAD_KIND_FILE;
  return answer.is_envelope && answer.error.empty() && http_status < 400 && !file;
}

// Decoded, and free of the secrets that the platform may have repeated.
BodyReading Decode(Exchange& exchange, codec::Answer answer, const transport::HttpResponse& response) {
  BodyReading reading{.answer = std::move(answer)};
  reading.success = IsSuccess(exchange, reading.answer, response.status);
  if (!reading.success) return reading;
  reading.decoded = exchange.endpoint.decoder.Decode(reading.answer, exchange.request, exchange.response,
                                                     &exchange.report.decode);
  if (exchange.mask.MayBeIn(response.body)) codec::MaskMessage(exchange.mask, exchange.response);
  return reading;
}

}  // namespace

async::Task<BodyReading> BodyReader::Read(Exchange& exchange, const transport::HttpResponse& response) {
  if (response.body.size() <= codec::kLargeBodyBytes) {
    co_return Decode(exchange, reader_.Read(response.body, exchange.mask), response);
  }
  // Until it is resumed, nobody else touches the exchange or the response.
  absl::StatusOr<BodyReading> reading =
      co_await threads_.Run(loop_, [&exchange, &response, limit = json_bytes_max_] {
        return absl::StatusOr<BodyReading>(
            Decode(exchange, codec::ReadLargeAnswer(response.body, limit, exchange.mask), response));
      });
  if (!reading.ok()) co_return BodyReading{.unread = true};
  co_return *std::move(reading);
}

}  // namespace firstmile::gateway

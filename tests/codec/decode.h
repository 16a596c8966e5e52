// Shortcuts for tests that decode.
#pragma once

#include <string>

#include "codec/answer.h"
#include "codec/response_decoder.h"

namespace firstmile::codec {

template <typename Response>
struct Decoded {
  absl::Status status;
  Response response;
  DecodeReport report;
};

// Reads `body` and decodes it as the answer to `request`.
template <typename Response, typename Request>
Decoded<Response> DecodeBody(
    const std::string& body, const Request& request,
    firstmile::mapping::PayloadKind payload = firstmile::mapping::PAYLOAD_KIND_RESPONSE) {
  Decoded<Response> decoded;
  AnswerReader reader;
  const auto decoder = ResponseDecoder::Compile(*Request::descriptor(), *Response::descriptor(), payload);
  decoded.status = decoder.ok()
                       ? decoder->Decode(reader.Read(body), request, &decoded.response, &decoded.report)
                       : decoder.status();
  return decoded;
}

}  // namespace firstmile::codec

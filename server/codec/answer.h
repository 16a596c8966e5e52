// The vendor's JSON envelope, read from the body of one HTTP answer.
//
// An AnswerReader reuses its parser: keep one per event loop and use it from that loop only. An Answer refers
// to its reader's memory and is valid until the next Read; a large body has its own memory, which goes with
// its Answer. ReadLargeAnswer is safe from any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "firstmile/v1/common.pb.h"
#include "secrets/mask.h"

namespace firstmile::codec {

// Most bytes of the envelope's texts; longer ones are cut, and end with "…" then.
inline constexpr std::size_t kVendorCodeBytesMax = 128;
inline constexpr std::size_t kRequestIdBytesMax = 128;
inline constexpr std::size_t kVendorMessageBytesMax = 2048;

class JsonDocument;  // hides the JSON library from the other rooms; defined in json_document.h

// Most bytes of JSON that are read of one answer, unless the operator says otherwise.
inline constexpr std::size_t kJsonBytesMax = std::size_t{8} << 20;

// Reading a longer body than this takes longer than an event loop may be kept from its other shops: about a
// millisecond.
inline constexpr std::size_t kLargeBodyBytes = std::size_t{256} << 10;

// Most warnings that are read of one answer; an answer has at most one per order.
inline constexpr std::size_t kWarningsMax = 1000;

struct Answer {
  // False when the body is no JSON object; then `document` is null and `parse_error` says why.
  bool is_json = false;
  bool too_large = false;  // the body is longer than the limit; then nothing of it is read
  std::string parse_error;

  // True for a JSON object with a member `error` or `response`. The platform documents `error` as always
  // present: an object without both comes from somebody in between. `parse_error` says so then.
  bool is_envelope = false;

  // Trimmed; "-" and null read as none. `message` also comes from `msg`. Secrets are masked in them.
  std::string error;
  std::string message;
  std::string request_id;
  std::vector<firstmile::v1::Warning> warnings;

  const JsonDocument* document = nullptr;
  std::shared_ptr<const JsonDocument> large_document;  // keeps `document` of a large body; use `document`
};

class AnswerReader {
 public:
  // `bytes_max` is the most of a body that is read.
  explicit AnswerReader(std::size_t bytes_max = kJsonBytesMax);
  ~AnswerReader();

  // Never fails: a body that cannot be read gives an Answer with is_json false. `mask` has the secrets that
  // the platform, or a proxy on the way, may repeat; the document is left as it came.
  Answer Read(absl::string_view body, const secrets::Mask& mask = {});

 private:
  const std::size_t bytes_max_;
  std::unique_ptr<JsonDocument> document_;
};

// As AnswerReader::Read, in memory of the answer's own.
Answer ReadLargeAnswer(absl::string_view body, std::size_t bytes_max, const secrets::Mask& mask = {});

}  // namespace firstmile::codec

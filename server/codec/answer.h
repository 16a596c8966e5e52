// Shopee's JSON envelope, read from the body of one HTTP answer.
//
// An AnswerReader reuses its parser: keep one per event loop and use it only there. An Answer refers to its
// reader's memory and is valid until the next Read; a large body has its own memory, freed with its Answer.
// ReadLargeAnswer is safe from any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "firstmile/v1/common.pb.h"
#include "secrets/mask.h"

namespace firstmile::codec {

// Most bytes of the envelope's texts; longer ones are cut, with "…" at the end.
inline constexpr std::size_t kVendorCodeBytesMax = 128;
inline constexpr std::size_t kRequestIdBytesMax = 128;
inline constexpr std::size_t kVendorMessageBytesMax = 2048;
inline constexpr std::size_t kWordsBytesMax = 200;

class JsonDocument;  // hides the JSON library from the other modules; defined in json_document.h

// Default for the most bytes of one JSON answer.
inline constexpr std::size_t kJsonBytesMax = std::size_t{8} << 20;

// Longer bodies are read on another thread: parsing this much takes about a millisecond, the most that an
// event loop may be blocked.
inline constexpr std::size_t kLargeBodyBytes = std::size_t{256} << 10;

// Most warnings read from one answer; an answer has at most one per order.
inline constexpr std::size_t kWarningsMax = 1000;

struct Answer {
  // False when the body is not a JSON object; `document` is null then, and `parse_error` says why.
  bool is_json = false;
  bool too_large = false;  // the body exceeds the limit and was not read
  std::string parse_error;

  // True for a JSON object with a member `error` or `response`. Shopee documents `error` as always present:
  // an object without both comes from a proxy, or is a top-level payload as in Shopee's samples
  // (ResponseDecoder::HasBarePayload). `parse_error` says so then.
  bool is_envelope = false;

  // Trimmed; "-" and null count as empty. `message` may come from `msg`. Secrets are masked in all of them.
  std::string error;
  std::string message;
  std::string request_id;
  std::vector<firstmile::v1::Warning> warnings;

  // How a body that is not an envelope begins, to identify its sender: one printable line without secrets.
  // Empty for an envelope, even a broken one, for a body over the limit, and when nothing is printable.
  std::string words;

  // `parse_error` and `words` in one sentence.
  std::string WhyUnreadable() const;

  // Set by the reader of the whole HTTP answer.
  int http_status = 0;  // 0: unknown
  absl::Time received_at;

  const JsonDocument* document = nullptr;
  std::shared_ptr<const JsonDocument> large_document;  // owns `document` of a large body; use `document`
};

class AnswerReader {
 public:
  // `bytes_max` is the most bytes of a body that are read.
  explicit AnswerReader(std::size_t bytes_max = kJsonBytesMax);
  ~AnswerReader();

  // Never fails: an unreadable body gives an Answer with is_json false. `mask` has the secrets that Shopee or
  // a proxy may repeat; the document itself is not masked.
  Answer Read(absl::string_view body, const secrets::Mask& mask = {});

 private:
  const std::size_t bytes_max_;
  std::unique_ptr<JsonDocument> document_;
};

// As AnswerReader::Read, in memory owned by the answer.
Answer ReadLargeAnswer(absl::string_view body, std::size_t bytes_max, const secrets::Mask& mask = {});

}  // namespace firstmile::codec

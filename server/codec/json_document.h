// One parsed JSON object; its memory is reused by the next document.
//
// Not thread-safe. Only the codec includes this header, since it exposes the JSON library.
#pragma once

#include <simdjson.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace firstmile::codec {

class JsonDocument {
 public:
  // Deepest nesting; Shopee's answers have about eight levels.
  static constexpr std::size_t kDepthMax = 128;

  // Preallocates for a text of `expected_bytes`; grows for longer ones.
  explicit JsonDocument(std::size_t expected_bytes);

  // Fails with kInvalidArgument when `json` is not a valid JSON object even after RepairJson, and with
  // kOutOfRange when it is longer than `bytes_max`. Takes linear time, and at most about 16 bytes of memory
  // per byte.
  absl::Status Parse(absl::string_view json, std::size_t bytes_max);

  // The root of the last successful Parse.
  simdjson::dom::object root() const { return root_; }

 private:
  simdjson::error_code ParseBuffer(absl::string_view json);

  simdjson::dom::parser parser_;
  std::string buffer_;  // the text and the padding that the parser needs after it
  simdjson::dom::object root_;
};

}  // namespace firstmile::codec

// One parsed JSON object, in memory that the next document reuses.
//
// Not thread-safe. Only the codec includes this header: it carries the JSON library.
#pragma once

#include <simdjson.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace firstmile::codec {

class JsonDocument {
 public:
  // The deepest nesting that is read; the platform's answers have about eight levels.
  static constexpr std::size_t kDepthMax = 128;

  // Memory for a text of `expected_bytes` is there from the start; a longer one lets it grow.
  explicit JsonDocument(std::size_t expected_bytes);

  // Fails with kInvalidArgument when `json` is no object or no valid JSON; what RepairJson can mend is
  // mended. Fails with kOutOfRange when `json` is longer than `bytes_max`. Time and memory are in proportion
  // to the length: about 16 bytes of memory per byte at worst.
  absl::Status Parse(absl::string_view json, std::size_t bytes_max);

  // Of the last successful Parse.
  simdjson::dom::object root() const { return root_; }

 private:
  simdjson::error_code ParseBuffer(absl::string_view json);

  simdjson::dom::parser parser_;
  std::string buffer_;  // the text and the padding that the parser reads beyond it
  simdjson::dom::object root_;
};

}  // namespace firstmile::codec

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

  JsonDocument();

  // Fails with kInvalidArgument when `json` is no object or no valid JSON; what RepairJson can mend is
  // mended.
  absl::Status Parse(absl::string_view json);

  // Of the last successful Parse.
  simdjson::dom::object root() const { return root_; }

 private:
  simdjson::error_code ParseBuffer(absl::string_view json);

  simdjson::dom::parser parser_;
  std::string buffer_;  // the text and the padding that the parser reads beyond it
  simdjson::dom::object root_;
};

}  // namespace firstmile::codec

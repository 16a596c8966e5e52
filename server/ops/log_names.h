// Every event and every field that a line of the log can have: a name that is not listed here does not
// compile. server/docs/observability.md explains each; a test compares that page with these lists.
//
// Plain values; safe from any thread.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace firstmile::ops {

inline constexpr absl::string_view kLogEvents[] = {
    "anyone_may_call",
    "call",
    "calls_shed",
    "clock_corrected",
    "configuration",
    "connection_closed",
    "connection_refused",
    "connections_bounded",
    "draining",
    "grpc",
    "key_files",
    "library",
    "listening",
    "metrics_listening",
    "protobuf",
    "secret_memory",
    "shop_token_file_read",
    "shop_token_file_unusable",
    "stopped",
    "surplus_answer",
    "token_authorization_ending",
    "token_authorization_required",
    "token_authorized",
    "token_forgotten",
    "token_grant_refused",
    "token_refresh_failed",
    "token_refresh_started",
    "token_refreshed",
    "token_restored",
    "token_store_not_durable",
    "upstream",
};

inline constexpr absl::string_view kLogFields[] = {
    "attempts",
    "code",
    "count",
    "detail",
    "duration_ms",
    "event",
    "http_status",
    "level",
    "merchant_id",
    "method",
    "pages",
    "read_back",
    "reason",
    "request_id",
    "shop_id",
    "time",
    "unknown_enum_values",
    "unknown_fields",
    "vendor_code",
    "waited_ms",
};

// A name from one of the lists.
template <const auto& kList>
class LogName {
 public:
  consteval LogName(const char* name) : text_(Listed(name)) {}  // NOLINT: literals are what it is for
  constexpr absl::string_view text() const { return text_; }

 private:
  static consteval absl::string_view Listed(absl::string_view name) {
    for (const absl::string_view listed : kList) {
      if (listed == name) return listed;
    }
    throw "not in the list above";
  }

  absl::string_view text_;
};

using EventName = LogName<kLogEvents>;
using FieldName = LogName<kLogFields>;

}  // namespace firstmile::ops

// Classifies attempts without an answer, or without a usable one. Internal to this module.
//
// Functions for their gateway's loop.
#pragma once

#include "absl/strings/string_view.h"
#include "gateway/attempt_result.h"
#include "gateway/outgoing_call.h"
#include "transport/http_transport.h"

namespace firstmile::gateway {

// The settings that limit an answer, for messages.
inline constexpr absl::string_view kBodyLimit =
    "upstream.max_body_bytes; limits.max_memory_mib bounds it too";
inline constexpr absl::string_view kJsonLimit =
    "upstream.max_json_bytes; limits.max_memory_mib bounds it too";

// `late`: the call has used all its time.
AttemptResult ClassifyNoAnswer(const OutgoingCall& call, const transport::HttpResult& result, bool late);

AttemptResult AnswerTooLarge(const OutgoingCall& call, absl::string_view detail, absl::string_view setting);
AttemptResult AnswerDropped(const OutgoingCall& call, absl::string_view detail);

}  // namespace firstmile::gateway

// Compares the token in a URL with the stored tokens.
//
// Reads the store, so it blocks as long as the store does: call it on a store thread. It reveals no token.
#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "signing/signature_diagnosis.h"
#include "tokens/token_manager.h"

namespace firstmile::rpc {

// Adds a finding when the URL's token is not the stored one of its shop or merchant, or when it is that of
// another: one of `other_ids`, or a shop of the configuration. Reads at most 1 + 2 * other_ids records.
void AddTokenFindings(const tokens::TokenContext& tokens, const signing::SignedUrl& url,
                      absl::Span<const std::int64_t> other_ids, signing::Diagnosis* diagnosis);

}  // namespace firstmile::rpc

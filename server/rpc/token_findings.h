// What custody knows of the token in a URL.
//
// Reads the store, so it blocks as long as that does: call it on a store thread. It gives no token out.
#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "signing/sign_doctor.h"
#include "tokens/custodian.h"

namespace firstmile::rpc {

// Adds a finding when the URL's token is not the one of its shop or merchant, or is known as that of another:
// of one of `other_ids`, or of a shop of the configuration. At most 1 + 2 * other_ids records are read.
void AddTokenFindings(const tokens::CustodyContext& custody, const signing::SignedUrl& url,
                      absl::Span<const std::int64_t> other_ids, signing::Diagnosis* diagnosis);

}  // namespace firstmile::rpc

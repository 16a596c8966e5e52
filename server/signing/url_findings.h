// What a signed URL shows without any key: missing parameters, wrong times, wrong paths and hosts.
//
// Pure functions; safe from any thread. Part of the signature diagnosis.
#pragma once

#include <optional>
#include <vector>

#include "signing/signature_diagnosis.h"

namespace firstmile::signing {

// The scope that Shopee's documents give for the path's module; empty: it depends on the endpoint.
std::optional<SignScope> DocumentedScope(absl::string_view path);

// How far the timestamp is ahead of `sent`; empty when it is unreadable.
std::optional<absl::Duration> ClockOffset(const SignedUrl& url, absl::Time sent);

// In no particular order.
std::vector<Finding> FindInUrl(const SignatureCheck& question, SignScope scope);

// All texts that FindInUrl can return, for the list in README.md.
std::vector<const FindingText*> AllUrlFindingTexts();

}  // namespace firstmile::signing

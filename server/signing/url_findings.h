// What shows in a signed URL without any key: missing parameters, wrong times, wrong paths and hosts.
//
// Pure functions; safe from any thread. Part of the sign doctor.
#pragma once

#include <optional>
#include <vector>

#include "signing/sign_doctor.h"

namespace firstmile::signing {

// The scope that the platform's documents give to the path's module; empty: they leave it to the endpoint.
std::optional<SignScope> DocumentedScope(absl::string_view path);

// How far the timestamp lies ahead of `sent`; empty when it cannot be read.
std::optional<absl::Duration> ClockOffset(const SignedUrl& url, absl::Time sent);

// In no order of their certainty.
std::vector<Finding> FindInUrl(const SignQuestion& question, SignScope scope);

// All advice that FindInUrl can give, for their list in README.md.
std::vector<const Advice*> AllUrlAdvice();

}  // namespace firstmile::signing

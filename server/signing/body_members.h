// The members of a JSON body, for base strings that wrongly contain them.
//
// Pure functions; safe from any thread. Part of the signature diagnosis.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "secrets/secret.h"

namespace firstmile::signing {

struct BodyMember {
  std::string name;
  secrets::Secret value;  // a text without quotes, a number verbatim
};

// Most members examined: every order of them is tried.
inline constexpr std::size_t kBodyMembersMax = 5;

// The first texts and numbers of the object, in order; empty when the body is not a JSON object.
std::vector<BodyMember> MembersOf(absl::string_view body);

}  // namespace firstmile::signing

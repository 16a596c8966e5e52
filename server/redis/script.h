// A Lua script that Redis runs in one step.
//
// Immutable; safe from any thread.
#pragma once

#include <string>

namespace firstmile::redis {

struct Script {
  explicit Script(const char* script);

  const std::string text;
  const std::string digest;  // by which Redis knows a script that it has seen
};

}  // namespace firstmile::redis

// A Lua script that Redis runs atomically.
//
// Immutable; safe from any thread.
#pragma once

#include <string>

namespace firstmile::redis {

struct Script {
  explicit Script(const char* script);

  const std::string text;
  const std::string digest;  // identifies the script to Redis
};

}  // namespace firstmile::redis

// The platform's request signature. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace emulator::gateway {

// Lower-case hex of HMAC-SHA256; the key is used as text, a key of hex digits is not decoded.
std::string Sign(std::string_view key, std::string_view base_string);

// Compares in a time that depends on the lengths only.
bool SameSecret(std::string_view a, std::string_view b);

}  // namespace emulator::gateway

// Numbers that look random and depend on a seed alone. A pure function.
#pragma once

#include <cstdint>

namespace emulator {

// Maps 64-bit numbers one to one to random-looking ones (the splitmix64 finalizer).
constexpr uint64_t Scramble(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

}  // namespace emulator

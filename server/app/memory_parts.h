// How limits.max_memory_mib is divided.
//
// A half for calls and their requests, and a quarter for large answers, each of which lies there up to twice:
// as a message and as gRPC's bytes of it. That is all of it; what gRPC holds beyond is bounded by its own
// quota, and an eighth is left when the acceptor begins to close hostile connections.
#pragma once

#include <cstdint>

namespace firstmile::app {

constexpr std::int64_t MemoryForCalls(std::int64_t all) {
  return all / 2;
}
constexpr std::int64_t MemoryForAnswers(std::int64_t all) {
  return all / 4;
}
constexpr std::int64_t MemoryBeforeHostileConnectionsClose(std::int64_t all) {
  return all - all / 8;
}

}  // namespace firstmile::app

// The program's heap overwrites what it is given back, so that no token outlives its use there: bodies of
// token calls, parsed documents, and what libcurl, OpenSSL, SQLite and gRPC copy of them. It stands before
// glibc's own free and realloc, for all of the process, and leaves the rest to them.
//
// Part of the program alone, not of its libraries: tests and sanitizers have their own heap.
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

// glibc's own, which programs that stand before it may call.
extern "C" void __libc_free(void* memory);                         // NOLINT(bugprone-reserved-identifier)
extern "C" void* __libc_realloc(void* memory, std::size_t bytes);  // NOLINT(bugprone-reserved-identifier)

namespace {

// Blocks from this size on have pages of their own, which go back to the system at once and are never seen
// again.
constexpr std::size_t kOwnPagesBytes = std::size_t{1} << 20;

// Before main, so that the size above is never adapted.
const bool prepared = [] {
  mallopt(M_MMAP_THRESHOLD, kOwnPagesBytes);
  return mallopt(M_TRIM_THRESHOLD, 2 * kOwnPagesBytes) == 1;
}();

}  // namespace

extern "C" void free(void* memory) {
  if (memory == nullptr) return;  // common, and to write nothing at no address takes long
  const std::size_t bytes = malloc_usable_size(memory);
  if (bytes < kOwnPagesBytes) explicit_bzero(memory, bytes);
  __libc_free(memory);
}

extern "C" void* realloc(void* memory, std::size_t bytes) {
  const std::size_t held = malloc_usable_size(memory);
  if (memory == nullptr || bytes == 0 || held >= kOwnPagesBytes) return __libc_realloc(memory, bytes);
  if (bytes <= held && bytes >= held / 2) return memory;
  void* moved = malloc(bytes);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, memory, std::min(held, bytes));
  free(memory);
  return moved;
}

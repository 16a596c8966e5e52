// The program's heap overwrites freed memory, so that no token outlives its use: bodies of token calls,
// parsed documents, and the copies of libcurl, OpenSSL, SQLite and gRPC. It replaces free and realloc for the
// whole process and forwards to glibc's own.
//
// Linked only into the program, not into its libraries: tests and sanitizers have their own heap.
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

// glibc's own functions, for programs that replace the standard ones.
extern "C" void __libc_free(void* memory);                         // NOLINT(bugprone-reserved-identifier)
extern "C" void* __libc_realloc(void* memory, std::size_t bytes);  // NOLINT(bugprone-reserved-identifier)

namespace {

// Blocks of this size or more have their own pages, which are returned to the system at once and never
// reused.
constexpr std::size_t kOwnPagesBytes = std::size_t{1} << 20;

// Before main, so that glibc does not adapt the threshold above.
const bool prepared = [] {
  mallopt(M_MMAP_THRESHOLD, kOwnPagesBytes);
  return mallopt(M_TRIM_THRESHOLD, 2 * kOwnPagesBytes) == 1;
}();

}  // namespace

extern "C" void free(void* memory) {
  if (memory == nullptr) return;  // common; explicit_bzero would be slow here
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

#include "ops/resident_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

namespace firstmile::ops {

// Read through one descriptor that stays open: it is asked for when descriptors and memory are short.
std::int64_t ResidentBytes() {
  static const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  static const std::int64_t page_bytes = sysconf(_SC_PAGESIZE);
  char text[128];  // seven numbers; the second is the resident pages
  const ssize_t length = file < 0 ? -1 : pread(file, text, sizeof(text) - 1, 0);
  if (length <= 0) return 0;
  text[length] = '\0';
  char* second = nullptr;
  std::strtoll(text, &second, 10);
  return std::strtoll(second, nullptr, 10) * page_bytes;
}

}  // namespace firstmile::ops

#include "secrets/locked_memory.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <array>
#include <bit>
#include <cstdlib>
#include <functional>
#include <mutex>

namespace firstmile::secrets {
namespace {

constexpr std::size_t kLockedBytesMin = std::size_t{64} << 10;

// Block sizes are powers of two; blocks above the largest size are not locked.
constexpr std::size_t kBlockMin = 32;
constexpr std::size_t kBlockMax = std::size_t{128} << 10;

// The index of the smallest block size that holds `bytes`.
constexpr std::size_t SizeIndex(std::size_t bytes) {
  std::size_t index = 0;
  for (std::size_t size = kBlockMin; size < bytes; size *= 2) ++index;
  return index;
}

constexpr std::size_t kSizes = SizeIndex(kBlockMax) + 1;

class Arena {
 public:
  Arena() {
    for (std::size_t bytes = kLockedBytesMax; bytes >= kLockedBytesMin && begin_ == nullptr; bytes /= 2) {
      void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (pages == MAP_FAILED) continue;
      if (mlock2(pages, bytes, MLOCK_ONFAULT) != 0) {
        munmap(pages, bytes);
        continue;
      }
      madvise(pages, bytes, MADV_DONTDUMP);
      begin_ = next_ = static_cast<char*>(pages);
      end_ = begin_ + bytes;
    }
  }

  std::size_t bytes() const { return static_cast<std::size_t>(end_ - begin_); }

  // Null when the arena is full.
  char* Take(std::size_t bytes) {
    if (bytes > kBlockMax) return nullptr;
    const std::size_t index = SizeIndex(bytes);
    const std::size_t block = kBlockMin << index;
    const std::lock_guard lock(mutex_);
    if (free_[index] != nullptr) {
      Block* taken = free_[index];
      free_[index] = taken->next;
      return reinterpret_cast<char*>(taken);
    }
    if (static_cast<std::size_t>(end_ - next_) < block) return nullptr;
    char* taken = next_;
    next_ += block;
    return taken;
  }

  // Returns false when the block is not from this arena.
  bool Return(char* memory, std::size_t bytes) {
    if (std::less<>()(memory, begin_) || !std::less<>()(memory, end_)) return false;
    const std::size_t index = SizeIndex(bytes);
    const std::lock_guard lock(mutex_);
    free_[index] = new (memory) Block{free_[index]};
    return true;
  }

 private:
  struct Block {
    Block* next;
  };

  std::mutex mutex_;
  char* begin_ = nullptr;
  char* next_ = nullptr;
  char* end_ = nullptr;
  std::array<Block*, kSizes> free_{};
};

Arena& TheArena() {
  static auto* arena = new Arena;  // never destroyed: static secrets may outlive any other object
  return *arena;
}

}  // namespace

char* AllocateLocked(std::size_t bytes) {
  char* memory = TheArena().Take(bytes);
  if (memory == nullptr) memory = static_cast<char*>(std::malloc(bytes));
  if (memory == nullptr) std::abort();
  return memory;
}

void FreeLocked(char* memory, std::size_t bytes) {
  OPENSSL_cleanse(memory, bytes);
  if (!TheArena().Return(memory, bytes)) std::free(memory);
}

std::size_t LockedBytes() {
  return TheArena().bytes();
}

}  // namespace firstmile::secrets

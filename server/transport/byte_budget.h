// A limit on the total bytes that many holders have in use.
//
// Thread-safe; each share belongs to one thread at a time.
#pragma once

#include <atomic>
#include <cstdint>

namespace firstmile::transport {

class ByteBudget {
 public:
  // One holder's bytes, released by the destructor. Ends before its budget.
  class Share {
   public:
    explicit Share(ByteBudget& budget) : budget_(budget) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share();

    // Raises the share to `bytes` in total. Returns false when the budget lacks the difference; the share is
    // unchanged then.
    bool GrowTo(std::int64_t bytes);

   private:
    ByteBudget& budget_;
    std::int64_t bytes_ = 0;
  };

  // A budget of `bytes`; 0: unlimited.
  explicit ByteBudget(std::int64_t bytes) : bound_(bytes) {}

  std::int64_t bound() const { return bound_; }
  std::int64_t taken() const { return taken_.load(std::memory_order_relaxed); }

 private:
  const std::int64_t bound_;
  std::atomic<std::int64_t> taken_ = 0;
};

}  // namespace firstmile::transport

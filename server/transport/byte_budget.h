// Bytes that many holders take from one bound, and give back when they end.
//
// Thread-safe; each share belongs to one thread at a time.
#pragma once

#include <atomic>
#include <cstdint>

namespace firstmile::transport {

class ByteBudget {
 public:
  // What one holder has taken. Ends before its budget.
  class Share {
   public:
    explicit Share(ByteBudget& budget) : budget_(budget) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share();

    // Takes what is missing to `bytes` in all. False: so much is not left; the share stays as it is.
    bool GrowTo(std::int64_t bytes);

   private:
    ByteBudget& budget_;
    std::int64_t bytes_ = 0;
  };

  // Of `bytes`; 0: without a bound.
  explicit ByteBudget(std::int64_t bytes) : bound_(bytes) {}

  std::int64_t bound() const { return bound_; }
  std::int64_t taken() const { return taken_.load(std::memory_order_relaxed); }

 private:
  const std::int64_t bound_;
  std::atomic<std::int64_t> taken_ = 0;
};

}  // namespace firstmile::transport

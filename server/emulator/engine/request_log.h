// Counts API requests and keeps the journal of the newest ones, without their secrets. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "emulator/emulator.h"
#include "emulator/http/message.h"
#include "emulator/mutex.h"

namespace emulator::engine {

// Further paths are counted together as "other".
inline constexpr std::size_t kMaxCountedPaths = 1000;

class RequestLog {
 public:
  RequestLog(std::size_t journal_length, std::size_t body_bytes)
      : journal_length_(journal_length), body_bytes_(body_bytes) {}

  uint64_t Arrived(const http::Request& request, int64_t now);  // returns its sequence number
  void Decided(uint64_t sequence, int status, const std::string& error, const std::string& request_id);
  void Left(bool answered);

  uint64_t CountOf(const std::string& path) const;
  Counters Read() const;  // without those of connections
  std::vector<RequestRecord> Journal() const;
  uint64_t version() const { return version_.load(std::memory_order_relaxed); }  // grows with every change
  void Reset();  // in_flight is kept: those requests still wait

 private:
  const std::size_t journal_length_;
  const std::size_t body_bytes_;
  std::atomic<uint64_t> version_{0};
  mutable Mutex mutex_;
  Counters counters_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_sequence_ ABSL_GUARDED_BY(mutex_) = 1;
  std::deque<RequestRecord> journal_ ABSL_GUARDED_BY(mutex_);
};

// The query as sent, with the values of tokens, codes and sign replaced by "***".
std::string RedactQuery(const std::string& raw_query);
// The same for the JSON body of a call with tokens or codes; a body that is not JSON is replaced as a whole.
std::string RedactBody(const std::string& path, const std::string& body);

}  // namespace emulator::engine

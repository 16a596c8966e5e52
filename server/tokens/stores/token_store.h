// Durable storage of token records: opaque bytes under a key, with a version for compare-and-set.
//
// Implementations are thread-safe. Every function may block on disk or network for up to the store's own time
// limit: call it on a store thread, never on an event loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace firstmile::tokens {

// Identifies one write of one record. It grows with each write and is never reused, even after the record was
// erased or lost and created anew, so a stale writer is always detected. kAbsent: there is no record.
using Version = std::uint64_t;
inline constexpr Version kAbsent = 0;

// Limits of every store; anything beyond is kInvalidArgument. A key is never empty.
inline constexpr std::size_t kKeyBytesMax = 256;
inline constexpr std::size_t kRecordBytesMax = 64 * 1024;
inline constexpr int kListedRecordsMax = 1000;

struct StoredRecord {
  Version version = kAbsent;
  std::string bytes;
};

// Errors of every function: kUnavailable when the store cannot be reached or does not answer within its time
// limit, kResourceExhausted when it is full, kPermissionDenied when access is denied or read-only, kDataLoss
// when its contents are not readable as its own, kFailedPrecondition when its setup cannot work. No message
// contains a record's bytes.
class TokenStore {
 public:
  virtual ~TokenStore() = default;

  // Returns the record under `key`, or nullopt when there is none.
  virtual absl::StatusOr<std::optional<StoredRecord>> Read(const std::string& key) = 0;

  // Replaces the record whose version is `expected` (kAbsent: creates it) and returns its new version. When
  // it returns, a durable store's record survives the end of this process; the store's header says what else
  // it survives. kAborted: the version has changed; nothing was written. After kUnavailable the write may or
  // may not have happened: read the record and compare the bytes before going on.
  virtual absl::StatusOr<Version> Write(const std::string& key, const std::string& bytes,
                                        Version expected) = 0;

  // Removes the record whose version is `expected`. kAborted as in Write.
  virtual absl::Status Erase(const std::string& key, Version expected) = 0;

  // Returns at most `limit` records in ascending key order, starting with the first key after `after`. Fewer
  // than `limit`: the end is reached.
  virtual absl::StatusOr<std::vector<std::pair<std::string, StoredRecord>>> List(const std::string& after,
                                                                                 int limit) = 0;
};

}  // namespace firstmile::tokens

// Where custody keeps its records so that they outlive the process: opaque bytes under a key, with a version
// that makes every change a compare-and-set.
//
// Implementations are thread-safe. Every function may block on a disk or a network for up to the store's own
// time limit: call them on a store thread, never on an event loop.
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

// Stands for one write of one record: it grows with each write and does not come again, also not when the
// record is erased, or lost with its store, and created anew. A stale writer is thus always found out.
// kAbsent: the record is not there.
using Version = std::uint64_t;
inline constexpr Version kAbsent = 0;

// What every store takes; anything outside is kInvalidArgument. A key is never empty.
inline constexpr std::size_t kKeyBytesMax = 256;
inline constexpr std::size_t kRecordBytesMax = 64 * 1024;
inline constexpr int kListedRecordsMax = 1000;

struct StoredRecord {
  Version version = kAbsent;
  std::string bytes;
};

// Errors of every function: kUnavailable when the store cannot be reached or does not answer within its time
// limit, kResourceExhausted when it is full, kPermissionDenied when it refuses us or may only be read,
// kDataLoss when what it holds cannot be read as its own, kFailedPrecondition when it is set up in a way that
// cannot work. None of them shows a record's bytes.
class TokenStore {
 public:
  virtual ~TokenStore() = default;

  // The record under `key` as it stands; nullopt when there is none.
  virtual absl::StatusOr<std::optional<StoredRecord>> Read(const std::string& key) = 0;

  // Replaces the record whose version is `expected` (kAbsent: creates it) and gives its new version. When it
  // returns, the record survives the end of this process, in the stores that are made to last; their headers
  // say what else it survives. kAborted: the version is another one by now and nothing has changed. After
  // kUnavailable the write may have happened or not: read before going on, and tell by the bytes.
  virtual absl::StatusOr<Version> Write(const std::string& key, const std::string& bytes,
                                        Version expected) = 0;

  // Removes the record whose version is `expected`. kAborted as in Write.
  virtual absl::Status Erase(const std::string& key, Version expected) = 0;

  // At most `limit` records in ascending order of their keys, from the first key after `after` on. Shorter
  // than `limit`: the end is reached.
  virtual absl::StatusOr<std::vector<std::pair<std::string, StoredRecord>>> List(const std::string& after,
                                                                                 int limit) = 0;
};

}  // namespace firstmile::tokens

// Keeps records in memory: for tests, and for running without a durable store.
//
// Thread-safe. Blocks only on other callers. The records end with the object.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tokens/stores/token_store.h"

namespace firstmile::tokens {

class MemoryStore final : public TokenStore {
 public:
  absl::StatusOr<std::optional<StoredRecord>> Read(const std::string& key) override;
  absl::StatusOr<Version> Write(const std::string& key, const std::string& bytes, Version expected) override;
  absl::Status Erase(const std::string& key, Version expected) override;
  absl::StatusOr<std::vector<std::pair<std::string, StoredRecord>>> List(const std::string& after,
                                                                         int limit) override;

 private:
  bool StandsAt(const std::string& key, Version expected) const;

  // Not absl::Mutex: ThreadSanitizer cannot see the locks of a library built without it.
  std::mutex mutex_;
  std::map<std::string, StoredRecord> records_;  // guarded by mutex_
};

}  // namespace firstmile::tokens

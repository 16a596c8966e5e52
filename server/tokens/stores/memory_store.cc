#include "tokens/stores/memory_store.h"

#include "tokens/stores/store_rules.h"

namespace firstmile::tokens {

absl::StatusOr<std::optional<StoredRecord>> MemoryStore::Read(const std::string& key) {
  if (absl::Status valid = CheckKey(key); !valid.ok()) return valid;
  const std::lock_guard lock(mutex_);
  const auto record = records_.find(key);
  if (record == records_.end()) return std::nullopt;
  return record->second;
}

absl::StatusOr<Version> MemoryStore::Write(const std::string& key, const std::string& bytes,
                                           Version expected) {
  if (absl::Status valid = CheckWrite(key, bytes); !valid.ok()) return valid;
  const std::lock_guard lock(mutex_);
  if (!StandsAt(key, expected)) return ChangedMeanwhile(key);
  const Version version = NextVersion(expected);
  records_.insert_or_assign(key, StoredRecord{.version = version, .bytes = bytes});
  return version;
}

absl::Status MemoryStore::Erase(const std::string& key, Version expected) {
  if (absl::Status valid = CheckKey(key); !valid.ok()) return valid;
  const std::lock_guard lock(mutex_);
  if (expected == kAbsent || !StandsAt(key, expected)) return ChangedMeanwhile(key);
  records_.erase(key);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::pair<std::string, StoredRecord>>> MemoryStore::List(const std::string& after,
                                                                                    int limit) {
  if (absl::Status valid = CheckList(limit); !valid.ok()) return valid;
  std::vector<std::pair<std::string, StoredRecord>> page;
  const std::lock_guard lock(mutex_);
  for (auto record = records_.upper_bound(after);
       record != records_.end() && page.size() < static_cast<std::size_t>(limit); ++record) {
    page.emplace_back(*record);
  }
  return page;
}

bool MemoryStore::StandsAt(const std::string& key, Version expected) const {
  const auto record = records_.find(key);
  return (record == records_.end() ? kAbsent : record->second.version) == expected;
}

}  // namespace firstmile::tokens

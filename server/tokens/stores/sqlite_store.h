// Keeps records in an SQLite file that several processes of one machine may share.
//
// Thread-safe: one connection, guarded by a mutex. A call waits at most `busy_timeout` for other threads and
// as long again for other processes. Reading and syncing the disk have no time limit.
//
// A write that has returned survives the end of the process and a power cut, provided that the disk honours
// syncs. The file must be on a local disk, not on a network file system. It grows up to `file_bytes_max`, its
// -wal file up to a few megabytes. All files have mode 0600; a file that other users can access is refused.
// may use is refused.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tokens/stores/sqlite_database.h"
#include "tokens/stores/token_store.h"

namespace firstmile::tokens {

class SqliteStore final : public TokenStore {
 public:
  // Creates the file if it is missing. Besides the errors of every store: kFailedPrecondition when other
  // users can access the file, or when it belongs to another program or to a newer version of this one.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(const std::string& path,
                                                           const SqliteOptions& options = {});

  absl::StatusOr<std::optional<StoredRecord>> Read(const std::string& key) override;
  absl::StatusOr<Version> Write(const std::string& key, const std::string& bytes, Version expected) override;
  absl::Status Erase(const std::string& key, Version expected) override;
  absl::StatusOr<std::vector<std::pair<std::string, StoredRecord>>> List(const std::string& after,
                                                                         int limit) override;

 private:
  using Lock = std::unique_lock<std::timed_mutex>;

  SqliteStore(std::string path, const SqliteOptions& options, SqliteDatabase database);

  absl::Status Prepare();
  absl::StatusOr<Lock> Enter();
  absl::Status Change(SqliteRun* run, const std::string& key);  // REQUIRES: inside Enter
  absl::Status Failed(int code) const { return SqliteError(code, path_); }

  const std::string path_;
  const absl::Duration busy_timeout_;
  std::timed_mutex mutex_;
  SqliteDatabase database_;  // guarded by mutex_, as are its statements
  SqlitePrepared read_, create_, replace_, erase_, list_;
};

}  // namespace firstmile::tokens

// Opens the file of a SqliteStore: checks permissions and identity, applies settings, creates the table.
//
// Safe from any thread; several processes may open a new file at the same time.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "secrets/file_access.h"
#include "tokens/stores/sqlite_handles.h"

namespace firstmile::tokens {

struct SqliteOptions {
  // Neither creates nor changes the file: to inspect the store of a running sidecar.
  bool read_only = false;

  // Who may use the file and its -wal and -shm files.
  secrets::FileAccess access = secrets::FileAccess::kOwn;

  // How long a call waits for other processes and threads.
  absl::Duration busy_timeout = absl::Seconds(2);

  // Largest size of the file: 16,000 records of the largest size, or millions of typical ones.
  std::int64_t file_bytes_max = std::int64_t{1} << 30;
};

absl::StatusOr<SqliteDatabase> OpenSqliteDatabase(const std::string& path, const SqliteOptions& options);

}  // namespace firstmile::tokens

// Opens the file of a SqliteStore: its permissions, its identity, its settings, its table.
//
// Safe from any thread; several processes may open one new file at once.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "secrets/file_access.h"
#include "tokens/stores/sqlite_handles.h"

namespace firstmile::tokens {

struct SqliteOptions {
  // Neither creates nor changes the file: for a look at the store of a running sidecar.
  bool read_only = false;

  // Who may use the file and its -wal and -shm files.
  secrets::FileAccess access = secrets::FileAccess::kOwn;

  // How long a call waits for other processes and threads that use the file.
  absl::Duration busy_timeout = absl::Seconds(2);

  // Where the file stops to grow: 16,000 records of the largest size, millions of usual ones.
  std::int64_t file_bytes_max = std::int64_t{1} << 30;
};

absl::StatusOr<SqliteDatabase> OpenSqliteDatabase(const std::string& path, const SqliteOptions& options);

}  // namespace firstmile::tokens

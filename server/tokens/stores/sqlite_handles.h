// RAII owners of SQLite's two handles, and its result codes as statuses.
//
// Not thread-safe: SqliteStore opens its database without SQLite's own locks and guards it with a mutex.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace firstmile::tokens {

struct SqliteCloser {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using SqliteDatabase = std::unique_ptr<sqlite3, SqliteCloser>;
using SqlitePrepared = std::unique_ptr<sqlite3_stmt, SqliteCloser>;

// Maps SQLite's result `code` for the file `path` to a status that says what is wrong and what to do.
absl::Status SqliteError(int code, const std::string& path);

// One run of a prepared statement: bind, step, read columns. Bound texts must outlive it. The destructor
// resets the statement and so releases the lock on the file.
class SqliteRun {
 public:
  explicit SqliteRun(const SqlitePrepared& statement) : statement_(statement.get()) {}
  SqliteRun(const SqliteRun&) = delete;
  SqliteRun& operator=(const SqliteRun&) = delete;
  ~SqliteRun();

  SqliteRun& Bind(const std::string& bytes);
  SqliteRun& Bind(sqlite3_int64 number);

  // Returns SQLITE_ROW, SQLITE_DONE or an error.
  int Step();
  std::string Bytes(int column) const;
  sqlite3_int64 Number(int column) const { return sqlite3_column_int64(statement_, column); }

 private:
  sqlite3_stmt* const statement_;
  int bound_ = 0;
  int failed_ = SQLITE_OK;  // the first Bind that failed
};

absl::StatusOr<SqlitePrepared> SqlitePrepare(sqlite3* database, absl::string_view sql,
                                             const std::string& path);
absl::Status SqliteExecute(sqlite3* database, const std::string& sql, const std::string& path);
absl::StatusOr<sqlite3_int64> SqliteQueryNumber(sqlite3* database, absl::string_view sql,
                                                const std::string& path);

}  // namespace firstmile::tokens

#include "tokens/stores/sqlite_handles.h"

#include "absl/strings/str_cat.h"

namespace firstmile::tokens {

absl::Status SqliteError(int code, const std::string& path) {
  const std::string what = absl::StrCat("the token store ", path, ": ", sqlite3_errstr(code));
  switch (code & 0xff) {  // the higher bits of an extended code name the failing system call
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(
          absl::StrCat(what, "; free space on its disk, or raise its largest size if it has reached that"));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return absl::PermissionDeniedError(
          absl::StrCat(what, "; open it for writing, on a file system that this user may write to"));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::UnavailableError(absl::StrCat(what, "; another process holds it for longer than we wait"));
    case SQLITE_IOERR:
      return absl::UnavailableError(absl::StrCat(what, " (code ", code, "); look at its disk"));
    case SQLITE_CANTOPEN:
      return absl::UnavailableError(
          absl::StrCat(what, "; its folder must be there, and this user must be able to create files in it"));
    case SQLITE_NOTADB:
      return absl::DataLossError(
          absl::StrCat(what, "; the path names a file of another kind, or a damaged one"));
    case SQLITE_CORRUPT:
      return absl::DataLossError(
          absl::StrCat(what, "; move it away together with its -wal and -shm files and bring back a copy"));
    case SQLITE_NOMEM:
      return absl::ResourceExhaustedError(what);
    default:
      return absl::InternalError(absl::StrCat(what, " (code ", code, ")"));
  }
}

SqliteRun::~SqliteRun() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

SqliteRun& SqliteRun::Bind(const std::string& bytes) {
  const int code = sqlite3_bind_blob64(statement_, ++bound_, bytes.data(), bytes.size(), SQLITE_STATIC);
  if (failed_ == SQLITE_OK) failed_ = code;
  return *this;
}

SqliteRun& SqliteRun::Bind(sqlite3_int64 number) {
  const int code = sqlite3_bind_int64(statement_, ++bound_, number);
  if (failed_ == SQLITE_OK) failed_ = code;
  return *this;
}

int SqliteRun::Step() {
  return failed_ == SQLITE_OK ? sqlite3_step(statement_) : failed_;
}

std::string SqliteRun::Bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);  // null when empty
  if (data == nullptr) return "";
  return {static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

absl::StatusOr<SqlitePrepared> SqlitePrepare(sqlite3* database, absl::string_view sql,
                                             const std::string& path) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  SqlitePrepared prepared(statement);
  if (code != SQLITE_OK) return SqliteError(code, path);
  return prepared;
}

absl::Status SqliteExecute(sqlite3* database, const std::string& sql, const std::string& path) {
  const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : SqliteError(code, path);
}

absl::StatusOr<sqlite3_int64> SqliteQueryNumber(sqlite3* database, absl::string_view sql,
                                                const std::string& path) {
  const absl::StatusOr<SqlitePrepared> statement = SqlitePrepare(database, sql, path);
  if (!statement.ok()) return statement.status();
  SqliteRun run(*statement);
  const int code = run.Step();
  if (code != SQLITE_ROW) return SqliteError(code == SQLITE_DONE ? SQLITE_CORRUPT : code, path);
  return run.Number(0);
}

}  // namespace firstmile::tokens

#include "tokens/stores/sqlite_database.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace firstmile::tokens {
namespace {

constexpr mode_t kPrivate = S_IRUSR | S_IWUSR;

constexpr absl::Duration kBusyPause = absl::Milliseconds(5);

// "FMTS": identifies this program's files.
constexpr sqlite3_int64 kApplicationId = 0x464d5453;
constexpr sqlite3_int64 kSchemaVersion = 1;

constexpr char kSchema[] =
    "CREATE TABLE records (key BLOB PRIMARY KEY NOT NULL, version INTEGER NOT NULL, bytes BLOB NOT NULL) "
    "STRICT;";

absl::Status FileError(const std::string& path, int error) {
  const std::string what = absl::StrCat("cannot open the token store ", path, ": ", std::strerror(error));
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(what);
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(absl::StrCat(what, "; its folder must exist"));
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
      return absl::NotFoundError(what);
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(what);
    default:
      return absl::UnavailableError(what);
  }
}

// SQLite gives -wal and -shm the mode of the main file, so all three are checked alike.
absl::Status CheckPrivate(const std::string& path, secrets::FileAccess access) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const std::string file = absl::StrCat(path, suffix);
    struct stat found;
    if (stat(file.c_str(), &found) != 0) {
      if (errno == ENOENT) continue;
      return FileError(file, errno);
    }
    if (!S_ISREG(found.st_mode)) {
      return absl::FailedPreconditionError(absl::StrCat("the token store ", file, " is not a file"));
    }
    if (absl::Status alone = secrets::CheckFileAccess(file, found, access); !alone.ok()) return alone;
  }
  return absl::OkStatus();
}

// Makes the directory entry durable: SQLite syncs the directory only for its own files.
absl::Status SyncFolder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return FileError(path, errno);
  const int error = fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;  // EINVAL: nothing to sync
  close(descriptor);
  return error == 0 ? absl::OkStatus() : FileError(path, error);
}

// An existing file is only checked, never opened here: closing it would drop the locks that another store of
// this process has on it.
absl::Status CreatePrivate(const std::string& path) {
  const int descriptor = open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, kPrivate);
  if (descriptor < 0) return errno == EEXIST ? absl::OkStatus() : FileError(path, errno);
  close(descriptor);
  return SyncFolder(path);
}

absl::StatusOr<SqliteDatabase> Connect(const std::string& path, const SqliteOptions& options) {
  const int flags = SQLITE_OPEN_NOMUTEX | (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  SqliteDatabase database(handle);
  if (code != SQLITE_OK) return SqliteError(code, path);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, static_cast<int>(absl::ToInt64Milliseconds(options.busy_timeout)));
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return database;
}

// True: ours, in this version. False: new and empty. REQUIRES: inside a transaction.
absl::StatusOr<bool> Identify(sqlite3* database, const std::string& path) {
  const auto tables = SqliteQueryNumber(database, "SELECT count(*) FROM sqlite_schema", path);
  if (!tables.ok()) return tables.status();
  const auto application = SqliteQueryNumber(database, "PRAGMA application_id", path);
  if (!application.ok()) return application.status();
  const auto schema = SqliteQueryNumber(database, "PRAGMA user_version", path);
  if (!schema.ok()) return schema.status();
  if (*tables == 0 && *application == 0 && *schema == 0) return false;
  if (*application != kApplicationId) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is a database of another program: name another file as the token store"));
  }
  if (*schema > kSchemaVersion) {
    return absl::FailedPreconditionError(absl::StrCat("the token store ", path, " has schema version ",
                                                      *schema, " and this firstmiled knows versions up to ",
                                                      kSchemaVersion,
                                                      ": run the newer firstmiled that made it"));
  }
  return true;
}

// Reads the three numbers in one transaction: another process may be initializing the file.
absl::StatusOr<bool> IdentifyAtOnce(sqlite3* database, const std::string& path) {
  if (absl::Status begun = SqliteExecute(database, "BEGIN", path); !begun.ok()) return begun;
  absl::StatusOr<bool> ours = Identify(database, path);
  sqlite3_exec(database, "ROLLBACK", nullptr, nullptr, nullptr);  // ends the read-only transaction
  return ours;
}

// WAL lets others read while one process writes. Enabling it in a new file needs an exclusive lock, and
// SQLite does not wait for that by itself.
absl::Status EnterWal(sqlite3* database, const std::string& path, absl::Duration busy_timeout) {
  const auto give_up = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(busy_timeout);
  for (;;) {
    const int code = sqlite3_exec(database, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return absl::OkStatus();
    if ((code & 0xff) != SQLITE_BUSY || std::chrono::steady_clock::now() >= give_up)
      return SqliteError(code, path);
    absl::SleepFor(kBusyPause);
  }
}

// FULL syncs the -wal file at every commit, so a write that has returned survives a power cut. secure_delete
// overwrites erased content.
absl::Status Configure(sqlite3* database, const std::string& path, const SqliteOptions& options) {
  absl::Status done = SqliteExecute(database, "PRAGMA trusted_schema = OFF", path);
  if (!done.ok() || options.read_only) return done;
  done = EnterWal(database, path, options.busy_timeout);
  if (!done.ok()) return done;
  done = SqliteExecute(database, "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON", path);
  if (!done.ok()) return done;
  const auto page_bytes = SqliteQueryNumber(database, "PRAGMA page_size", path);
  if (!page_bytes.ok()) return page_bytes.status();
  return SqliteExecute(database,
                       absl::StrCat("PRAGMA max_page_count = ", options.file_bytes_max / *page_bytes), path);
}

absl::Status CreateTable(sqlite3* database, const std::string& path) {
  absl::Status done = SqliteExecute(database, "BEGIN IMMEDIATE", path);
  if (!done.ok()) return done;
  const absl::StatusOr<bool> ours = Identify(database, path);  // another process may have been first
  done = ours.status();
  if (ours.ok() && !*ours) {
    done = SqliteExecute(database,
                         absl::StrCat(kSchema, "PRAGMA application_id = ", kApplicationId,
                                      "; PRAGMA user_version = ", kSchemaVersion),
                         path);
  }
  if (done.ok()) done = SqliteExecute(database, "COMMIT", path);
  if (!done.ok()) sqlite3_exec(database, "ROLLBACK", nullptr, nullptr, nullptr);
  return done;
}

}  // namespace

absl::StatusOr<SqliteDatabase> OpenSqliteDatabase(const std::string& path, const SqliteOptions& options) {
  if (path.empty() || path.front() == ':') {  // SQLite treats these as temporary databases
    return absl::InvalidArgumentError("the token store needs the path of a file");
  }
  absl::Status done = options.read_only ? absl::OkStatus() : CreatePrivate(path);
  if (done.ok()) done = CheckPrivate(path, options.access);
  if (!done.ok()) return done;
  absl::StatusOr<SqliteDatabase> database = Connect(path, options);
  if (!database.ok()) return database.status();
  const absl::StatusOr<bool> ours = IdentifyAtOnce(database->get(), path);
  if (!ours.ok()) return ours.status();
  if (options.read_only && !*ours) {
    return absl::FailedPreconditionError(absl::StrCat("the token store ", path, " is still empty"));
  }
  if (!options.read_only && sqlite3_db_readonly(database->get(), "main") == 1) {
    return SqliteError(SQLITE_READONLY, path);
  }
  done = Configure(database->get(), path, options);
  if (done.ok() && !*ours) done = CreateTable(database->get(), path);
  if (!done.ok()) return done;
  return database;
}

}  // namespace firstmile::tokens

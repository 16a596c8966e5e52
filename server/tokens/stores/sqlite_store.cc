#include "tokens/stores/sqlite_store.h"

#include "absl/strings/str_cat.h"
#include "tokens/stores/store_rules.h"

namespace firstmile::tokens {
namespace {

// A version beyond SQLite's integers becomes negative, which no record has.
sqlite3_int64 Signed(Version version) {
  return static_cast<sqlite3_int64>(version);
}

StoredRecord RecordOf(const SqliteRun& run, int column) {
  return {.version = static_cast<Version>(run.Number(column)), .bytes = run.Bytes(column + 1)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path,
                                                               const SqliteOptions& options) {
  if (absl::Status valid = CheckWait("busy timeout", options.busy_timeout); !valid.ok()) return valid;
  absl::StatusOr<SqliteDatabase> database = OpenSqliteDatabase(path, options);
  if (!database.ok()) return database.status();
  std::unique_ptr<SqliteStore> store(new SqliteStore(path, options, *std::move(database)));
  if (absl::Status prepared = store->Prepare(); !prepared.ok()) return prepared;
  return store;
}

SqliteStore::SqliteStore(std::string path, const SqliteOptions& options, SqliteDatabase database)
    : path_(std::move(path)), busy_timeout_(options.busy_timeout), database_(std::move(database)) {}

absl::Status SqliteStore::Prepare() {
  const std::pair<SqlitePrepared*, absl::string_view> statements[] = {
      {&read_, "SELECT version, bytes FROM records WHERE key = ?"},
      {&create_, "INSERT INTO records (key, bytes, version) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"},
      {&replace_, "UPDATE records SET bytes = ?, version = ? WHERE key = ? AND version = ?"},
      {&erase_, "DELETE FROM records WHERE key = ? AND version = ?"},
      {&list_, "SELECT key, version, bytes FROM records WHERE key > ? ORDER BY key LIMIT ?"}};
  for (const auto& [statement, sql] : statements) {
    absl::StatusOr<SqlitePrepared> prepared = SqlitePrepare(database_.get(), sql, path_);
    if (!prepared.ok()) return prepared.status();
    *statement = *std::move(prepared);
  }
  return absl::OkStatus();
}

absl::StatusOr<SqliteStore::Lock> SqliteStore::Enter() {
  Lock lock(mutex_, absl::ToChronoNanoseconds(busy_timeout_));
  if (!lock.owns_lock()) return Failed(SQLITE_BUSY);
  // SQLite itself would keep writing to a file that was moved or deleted.
  int moved = 0;
  sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved != 0) {
    return absl::DataLossError(absl::StrCat("the file of the token store ", path_,
                                            " was moved or removed while in use: bring it back and restart"));
  }
  return lock;
}

absl::StatusOr<std::optional<StoredRecord>> SqliteStore::Read(const std::string& key) {
  if (absl::Status valid = CheckKey(key); !valid.ok()) return valid;
  const absl::StatusOr<Lock> lock = Enter();
  if (!lock.ok()) return lock.status();
  SqliteRun run(read_);
  const int code = run.Bind(key).Step();
  if (code == SQLITE_DONE) return std::nullopt;
  if (code != SQLITE_ROW) return Failed(code);
  return RecordOf(run, 0);
}

absl::StatusOr<Version> SqliteStore::Write(const std::string& key, const std::string& bytes,
                                           Version expected) {
  if (absl::Status valid = CheckWrite(key, bytes); !valid.ok()) return valid;
  const absl::StatusOr<Lock> lock = Enter();
  if (!lock.ok()) return lock.status();
  const Version version = NextVersion(expected);
  SqliteRun run(expected == kAbsent ? create_ : replace_);
  if (expected == kAbsent) {
    run.Bind(key).Bind(bytes).Bind(Signed(version));
  } else {
    run.Bind(bytes).Bind(Signed(version)).Bind(key).Bind(Signed(expected));
  }
  if (absl::Status changed = Change(&run, key); !changed.ok()) return changed;
  return version;
}

absl::Status SqliteStore::Erase(const std::string& key, Version expected) {
  if (absl::Status valid = CheckKey(key); !valid.ok()) return valid;
  const absl::StatusOr<Lock> lock = Enter();
  if (!lock.ok()) return lock.status();
  SqliteRun run(erase_);
  run.Bind(key).Bind(Signed(expected));
  return Change(&run, key);
}

absl::StatusOr<std::vector<std::pair<std::string, StoredRecord>>> SqliteStore::List(const std::string& after,
                                                                                    int limit) {
  if (absl::Status valid = CheckList(limit); !valid.ok()) return valid;
  const absl::StatusOr<Lock> lock = Enter();
  if (!lock.ok()) return lock.status();
  std::vector<std::pair<std::string, StoredRecord>> page;
  SqliteRun run(list_);
  run.Bind(after).Bind(limit);
  int code = run.Step();
  for (; code == SQLITE_ROW; code = run.Step()) page.emplace_back(run.Bytes(0), RecordOf(run, 1));
  if (code != SQLITE_DONE) return Failed(code);
  return page;
}

absl::Status SqliteStore::Change(SqliteRun* run, const std::string& key) {
  const int code = run->Step();
  if (code != SQLITE_DONE) return Failed(code);
  return sqlite3_changes(database_.get()) == 1 ? absl::OkStatus() : ChangedMeanwhile(key);
}

}  // namespace firstmile::tokens

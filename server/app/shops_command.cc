#include "app/shops_command.h"

#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "app/custody_settings.h"
#include "text/clean_text.h"
#include "tokens/token_ledger.h"

namespace firstmile::app {
namespace {

constexpr int kPageSize = 1000;

// Of one text of a record. Who writes to the store must not write to a terminal.
constexpr std::size_t kShownBytesMax = 512;

std::string TimeText(absl::Time time) {
  if (time == absl::InfiniteFuture()) return "-";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::string StateText(const tokens::TokenRecord& record, absl::Time now) {
  if (record.quarantine.has_value()) return "authorization required";
  if (record.refresh.has_value()) return "refreshing";
  if (!record.renewable) return record.access_expires < now ? "ended" : "not renewable";
  return "ready";
}

std::string Line(const tokens::TokenRecord& record, absl::Time now) {
  const std::string attention =
      record.quarantine.has_value()
          ? absl::StrCat("since ", TimeText(record.quarantine->since), " ",
                         text::CleanText(record.quarantine->reason, kShownBytesMax), ", ",
                         text::CleanText(record.quarantine->detail, kShownBytesMax))
          : "";
  std::string line = absl::StrFormat(
      "%-20s %-23s %-21s %-21s %-21s %-21s %s", tokens::NameOf(record.subject), StateText(record, now),
      TimeText(record.refreshed ? record.obtained : absl::InfiniteFuture()), TimeText(record.access_expires),
      TimeText(record.renewable ? record.refresh_expires : absl::InfiniteFuture()),
      TimeText(record.authorization_expires), attention);
  line.erase(line.find_last_not_of(' ') + 1);
  return absl::StrCat(line, "\n");
}

}  // namespace

absl::StatusOr<std::string> ListShopsText(const ConfigFile& file) {
  Checker check(file, secrets::FileAccess::kAnyOwner);  // an administrator may ask
  StoreSettings settings = ResolveStore(check, file.config.custody());
  if (!settings.durable()) {
    return absl::InvalidArgumentError(
        "custody: the configuration names no durable store; tokens in memory can be listed by the running "
        "sidecar only (AuthService.ListShops)");
  }
  if (!check.status().ok()) return check.status();
  if (auto* sqlite = std::get_if<SqliteSettings>(&settings.where)) sqlite->options.read_only = true;
  absl::StatusOr<std::unique_ptr<tokens::TokenStore>> store = OpenStore(settings);
  if (!store.ok()) return store.status();
  if (absl::Status seals = CheckSeals(**store, settings.keys); !seals.ok()) return seals;

  const tokens::Sealer sealer(settings.keys);
  const tokens::RecordCodec codec(sealer);
  tokens::TokenLedger ledger(**store, codec, "shops");
  const absl::Time now = absl::Now();
  std::string text =
      absl::StrFormat("%-20s %-23s %-21s %-21s %-21s %-21s %s\n", "SUBJECT", "STATE", "LAST REFRESH",
                      "ACCESS ENDS", "REFRESH ENDS", "AUTHORIZATION ENDS", "ATTENTION");
  int unreadable = 0;
  std::string after;
  do {
    const absl::StatusOr<tokens::TokenLedger::Page> page = ledger.List(after, kPageSize);
    if (!page.ok()) return page.status();
    for (const tokens::TokenRecord& record : page->records) {
      if (!record.forgotten) absl::StrAppend(&text, Line(record, now));
    }
    unreadable += page->unreadable;
    after = page->next;
  } while (!after.empty());
  if (unreadable > 0) absl::StrAppend(&text, unreadable, " stored records cannot be read\n");
  return text;
}

}  // namespace firstmile::app

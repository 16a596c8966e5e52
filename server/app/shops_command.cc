#include "app/shops_command.h"

#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "app/token_settings.h"
#include "text/clean_text.h"
#include "tokens/token_repository.h"

namespace firstmile::app {
namespace {

constexpr int kPageSize = 1000;

// Of one text of a record: a process that can write to the store must not be able to write to a terminal.
constexpr std::size_t kShownBytesMax = 512;

std::string TimeText(absl::Time time) {
  if (time == absl::InfiniteFuture()) return "-";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::string StateText(const tokens::TokenRecord& record, absl::Time now) {
  if (record.authorization_required.has_value()) return "authorization required";
  if (record.refresh.has_value()) return "refreshing";
  if (!record.renewable) return record.access_expires < now ? "ended" : "not renewable";
  return "ready";
}

std::string Line(const tokens::TokenRecord& record, absl::Time now) {
  const std::string authorization_required =
      record.authorization_required.has_value()
          ? absl::StrCat("since ", TimeText(record.authorization_required->since), " ",
                         text::CleanText(record.authorization_required->reason, kShownBytesMax), ", ",
                         text::CleanText(record.authorization_required->detail, kShownBytesMax))
          : "";
  std::string line = absl::StrFormat(
      "%-20s %-23s %-21s %-21s %-21s %-21s %s", tokens::NameOf(record.subject), StateText(record, now),
      TimeText(record.refreshed ? record.obtained : absl::InfiniteFuture()), TimeText(record.access_expires),
      TimeText(record.renewable ? record.refresh_expires : absl::InfiniteFuture()),
      TimeText(record.authorization_expires), authorization_required);
  line.erase(line.find_last_not_of(' ') + 1);
  return absl::StrCat(line, "\n");
}

}  // namespace

absl::StatusOr<std::string> ListShopsText(const ConfigFile& file) {
  ConfigValidator check(file, secrets::FileAccess::kAnyOwner);  // an administrator may ask
  StoreSettings settings = ResolveStore(check, file.config.tokens());
  if (!settings.durable()) {
    return absl::InvalidArgumentError(
        "tokens: the configuration names no durable store; only the running sidecar can list tokens in "
        "memory "
        "(AuthService.ListShops)");
  }
  if (!check.status().ok()) return check.status();
  if (auto* sqlite = std::get_if<SqliteSettings>(&settings.where)) sqlite->options.read_only = true;
  absl::StatusOr<std::unique_ptr<tokens::TokenStore>> store = OpenStore(settings);
  if (!store.ok()) return store.status();
  if (absl::Status encrypts = CheckDecryption(**store, settings); !encrypts.ok()) return encrypts;

  const tokens::TokenCipher cipher(settings.keys);
  const tokens::RecordCodec codec(cipher);
  tokens::TokenRepository repository(**store, codec, "shops");
  const absl::Time now = absl::Now();
  std::string text =
      absl::StrFormat("%-20s %-23s %-21s %-21s %-21s %-21s %s\n", "SUBJECT", "STATE", "LAST REFRESH",
                      "ACCESS ENDS", "REFRESH ENDS", "AUTHORIZATION ENDS", "AUTHORIZATION REQUIRED");
  int unreadable = 0;
  std::string after;
  do {
    const absl::StatusOr<tokens::TokenRepository::Page> page = repository.List(after, kPageSize);
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

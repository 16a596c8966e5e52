#include "tokens/token_ledger.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace firstmile::tokens {
namespace {

// Rounds of one compare-and-set. Each lost round means that somebody else has moved the record on.
constexpr int kRoundsMax = 64;

absl::Status Contended(Subject subject) {
  return absl::UnavailableError(absl::StrCat("the record of ", NameOf(subject), " changes without end"));
}

// Counts from the time in seconds, so that what a person does outranks every pair of before, even one whose
// record the store has lost.
std::int64_t NextGeneration(absl::Time now, const absl::StatusOr<TokenRecord>& old) {
  return std::max(absl::ToUnixSeconds(now), old.ok() ? old->generation + 1 : 1);
}

}  // namespace

absl::StatusOr<std::optional<TokenRecord>> TokenLedger::Read(Subject subject) {
  const std::string key = KeyOf(subject);
  absl::StatusOr<std::optional<StoredRecord>> stored = store_.Read(key);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return std::nullopt;
  absl::StatusOr<TokenRecord> record = codec_.Decode(key, **stored);
  if (!record.ok()) return record.status();
  return *std::move(record);
}

absl::StatusOr<Version> TokenLedger::Write(const TokenRecord& record, Version expected) {
  absl::StatusOr<std::string> bytes = codec_.Encode(record);
  if (!bytes.ok()) return bytes.status();
  return store_.Write(KeyOf(record.subject), *bytes, expected);
}

absl::StatusOr<std::optional<TokenRecord>> TokenLedger::Update(Subject subject, const Change& change) {
  for (int round = 0; round < kRoundsMax; ++round) {
    absl::StatusOr<std::optional<TokenRecord>> record = Read(subject);
    if (!record.ok() || !record->has_value()) return record;
    if (!change(**record)) return record;
    const absl::StatusOr<Version> version = Write(**record, (*record)->version);
    if (version.ok()) {
      (*record)->version = *version;
      return record;
    }
    if (!absl::IsAborted(version.status())) return version.status();
  }
  return Contended(subject);
}

bool TokenLedger::HeldByAnother(const TokenRecord& record) const {
  return record.refresh.has_value() && !record.refresh->owner.empty() && record.refresh->owner != owner_;
}

absl::StatusOr<Claim> TokenLedger::ClaimRefresh(Subject subject, std::int64_t generation, absl::Time now,
                                                std::optional<Version> dead) {
  ClaimEnd end = ClaimEnd::kMoved;
  absl::StatusOr<std::optional<TokenRecord>> record = Update(subject, [&](TokenRecord& current) {
    end = ClaimEnd::kMoved;
    if (current.generation != generation || current.quarantine.has_value() || current.forgotten) return false;
    if (HeldByAnother(current) && current.version != dead) {
      end = ClaimEnd::kHeld;
      return false;
    }
    end = ClaimEnd::kClaimed;
    const int attempts = current.refresh.has_value() ? current.refresh->attempts : 0;
    current.refresh = RefreshMark{owner_, now, attempts + 1};
    return true;
  });
  if (!record.ok()) return record.status();
  return Claim{end, *std::move(record)};
}

absl::StatusOr<TokenRecord> TokenLedger::Commit(TokenRecord next) {
  next.refresh.reset();
  next.quarantine.reset();
  return Replace(std::move(next));
}

absl::StatusOr<TokenRecord> TokenLedger::Replace(TokenRecord next) {
  const std::string key = KeyOf(next.subject);
  for (int round = 0; round < kRoundsMax; ++round) {
    absl::StatusOr<std::optional<StoredRecord>> stored = store_.Read(key);
    if (!stored.ok()) return stored.status();
    const bool present = stored->has_value();
    if (present) {
      // The older pair is not opened: it may be sealed under a key that only others have by now.
      const absl::StatusOr<TokenRecord> current = codec_.DecodeWithoutPair(key, **stored);
      if (!current.ok()) return current.status();
      if (current->forgotten || current->generation >= next.generation) return codec_.Decode(key, **stored);
    }
    const absl::StatusOr<Version> version = Write(next, present ? (*stored)->version : kAbsent);
    if (version.ok()) {
      next.version = *version;
      return next;
    }
    if (!absl::IsAborted(version.status())) return version.status();
  }
  return Contended(next.subject);
}

absl::StatusOr<std::optional<TokenRecord>> TokenLedger::Release(Subject subject, std::int64_t generation) {
  return Update(subject, [&](TokenRecord& current) {
    const bool ours = current.refresh.has_value() && current.refresh->owner == owner_;
    if (!ours || current.generation != generation) return false;
    current.refresh->owner.clear();
    if (--current.refresh->attempts == 0) current.refresh.reset();
    return true;
  });
}

absl::StatusOr<std::optional<TokenRecord>> TokenLedger::SetQuarantine(Subject subject,
                                                                      std::int64_t generation,
                                                                      Quarantine quarantine) {
  return Update(subject, [&](TokenRecord& current) {
    const bool moved_on = current.generation != generation || current.quarantine.has_value();
    if (moved_on || HeldByAnother(current)) return false;
    current.refresh.reset();
    current.quarantine = quarantine;
    return true;
  });
}

absl::StatusOr<TokenRecord> TokenLedger::Put(TokenRecord record) {
  record.renewable = !record.pair.refresh_token.empty();
  record.refresh.reset();
  record.quarantine.reset();
  for (int round = 0; round < kRoundsMax; ++round) {
    // Not Read: the old pair may be sealed under a key that is lost, and a new login must cure that too.
    const std::string key = KeyOf(record.subject);
    absl::StatusOr<std::optional<StoredRecord>> stored = store_.Read(key);
    if (!stored.ok()) return stored.status();
    const bool present = stored->has_value();
    absl::StatusOr<TokenRecord> old = absl::NotFoundError("");
    if (present) old = codec_.DecodeWithoutPair(key, **stored);
    record.generation = NextGeneration(record.obtained, old);
    const Version expected = present ? (*stored)->version : kAbsent;
    const absl::StatusOr<Version> version = Write(record, expected);
    if (version.ok()) {
      record.version = *version;
      return record;
    }
    if (!absl::IsAborted(version.status())) return version.status();
  }
  return Contended(record.subject);
}

absl::StatusOr<std::optional<TokenRecord>> TokenLedger::SetAuthorizationEnd(Subject subject, absl::Time end) {
  return Update(subject, [&](TokenRecord& current) {
    if (current.authorization_expires == end || current.forgotten) return false;
    current.authorization_expires = end;
    return true;
  });
}

absl::StatusOr<bool> TokenLedger::Forget(Subject subject, absl::Time now) {
  const std::string key = KeyOf(subject);
  for (int round = 0; round < kRoundsMax; ++round) {
    absl::StatusOr<std::optional<StoredRecord>> stored = store_.Read(key);
    if (!stored.ok()) return stored.status();
    if (!stored->has_value()) return false;
    const absl::StatusOr<TokenRecord> old = codec_.DecodeWithoutPair(key, **stored);
    if (old.ok() && old->forgotten) return false;
    TokenRecord mark;
    mark.subject = subject;
    mark.obtained = now;
    mark.generation = NextGeneration(now, old);
    mark.forgotten = true;
    const absl::StatusOr<Version> version = Write(mark, (*stored)->version);
    if (version.ok()) return true;
    if (!absl::IsAborted(version.status())) return version.status();
  }
  return Contended(subject);
}

absl::StatusOr<TokenRecord> TokenLedger::Restore(TokenRecord record) {
  return Replace(std::move(record));
}

absl::Status TokenLedger::Purge(const TokenRecord& forgotten) {
  const absl::Status erased = store_.Erase(KeyOf(forgotten.subject), forgotten.version);
  return absl::IsAborted(erased) ? absl::OkStatus() : erased;
}

absl::StatusOr<TokenLedger::Page> TokenLedger::List(const std::string& after, int limit) {
  auto stored = store_.List(after, limit);
  if (!stored.ok()) return stored.status();
  Page page;
  for (const auto& [key, record] : *stored) {
    absl::StatusOr<TokenRecord> decoded = codec_.DecodeWithoutPair(key, record);
    if (decoded.ok()) {
      page.records.push_back(*std::move(decoded));
    } else {
      ++page.unreadable;
    }
  }
  if (stored->size() == static_cast<std::size_t>(limit)) page.next = stored->back().first;
  return page;
}

absl::Status TokenLedger::Reseal(Subject subject) {
  return Update(subject, [](TokenRecord&) { return true; }).status();
}

}  // namespace firstmile::tokens

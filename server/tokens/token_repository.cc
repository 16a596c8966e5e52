#include "tokens/token_repository.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace firstmile::tokens {
namespace {

// Rounds of one compare-and-set. In each lost round another writer has changed the record.
constexpr int kRoundsMax = 64;

absl::Status Contended(Subject subject) {
  return absl::UnavailableError(
      absl::StrCat("the record of ", NameOf(subject), " keeps changing while it is updated"));
}

// At least the time in seconds, so that a login, import or Forget outranks every earlier pair, even one whose
// record the store has lost.
std::int64_t NextGeneration(absl::Time now, const absl::StatusOr<TokenRecord>& old) {
  return std::max(absl::ToUnixSeconds(now), old.ok() ? old->generation + 1 : 1);
}

}  // namespace

absl::StatusOr<std::optional<TokenRecord>> TokenRepository::Read(Subject subject) {
  const std::string key = KeyOf(subject);
  absl::StatusOr<std::optional<StoredRecord>> stored = store_.Read(key);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return std::nullopt;
  absl::StatusOr<TokenRecord> record = codec_.Decode(key, **stored);
  if (!record.ok()) return record.status();
  return *std::move(record);
}

absl::StatusOr<Version> TokenRepository::Write(const TokenRecord& record, Version expected) {
  absl::StatusOr<std::string> bytes = codec_.Encode(record);
  if (!bytes.ok()) return bytes.status();
  return store_.Write(KeyOf(record.subject), *bytes, expected);
}

absl::StatusOr<std::optional<TokenRecord>> TokenRepository::Update(Subject subject, const Change& change) {
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

bool TokenRepository::LeasedByAnother(const TokenRecord& record) const {
  return record.refresh.has_value() && !record.refresh->owner.empty() && record.refresh->owner != owner_;
}

absl::StatusOr<Claim> TokenRepository::ClaimRefresh(Subject subject, std::int64_t generation, absl::Time now,
                                                    std::optional<Version> dead) {
  ClaimEnd end = ClaimEnd::kMoved;
  absl::StatusOr<std::optional<TokenRecord>> record = Update(subject, [&](TokenRecord& current) {
    end = ClaimEnd::kMoved;
    if (current.generation != generation || current.authorization_required.has_value() || current.forgotten)
      return false;
    if (LeasedByAnother(current) && current.version != dead) {
      end = ClaimEnd::kHeld;
      return false;
    }
    end = ClaimEnd::kClaimed;
    const int attempts = current.refresh.has_value() ? current.refresh->attempts : 0;
    current.refresh = RefreshLease{owner_, now, attempts + 1};
    return true;
  });
  if (!record.ok()) return record.status();
  return Claim{end, *std::move(record)};
}

absl::StatusOr<TokenRecord> TokenRepository::Commit(TokenRecord next) {
  next.refresh.reset();
  next.authorization_required.reset();
  absl::StatusOr<Restored> replaced = Replace(std::move(next));
  if (!replaced.ok()) return replaced.status();
  return std::move(replaced->record);
}

absl::StatusOr<TokenRepository::Restored> TokenRepository::Replace(TokenRecord next) {
  const std::string key = KeyOf(next.subject);
  for (int round = 0; round < kRoundsMax; ++round) {
    absl::StatusOr<std::optional<StoredRecord>> stored = store_.Read(key);
    if (!stored.ok()) return stored.status();
    const bool present = stored->has_value();
    if (present) {
      // The older pair is not decrypted: its key may be known only to other processes.
      const absl::StatusOr<TokenRecord> current = codec_.DecodeWithoutPair(key, **stored);
      if (!current.ok()) return current.status();
      if (current->generation >= next.generation) {
        absl::StatusOr<TokenRecord> newer = codec_.Decode(key, **stored);
        if (!newer.ok()) return newer.status();
        return Restored{*std::move(newer), false};
      }
    }
    const absl::StatusOr<Version> version = Write(next, present ? (*stored)->version : kAbsent);
    if (version.ok()) {
      next.version = *version;
      return Restored{std::move(next), true};
    }
    if (!absl::IsAborted(version.status())) return version.status();
  }
  return Contended(next.subject);
}

absl::StatusOr<std::optional<TokenRecord>> TokenRepository::Release(Subject subject,
                                                                    std::int64_t generation) {
  return Update(subject, [&](TokenRecord& current) {
    const bool ours = current.refresh.has_value() && current.refresh->owner == owner_;
    if (!ours || current.generation != generation) return false;
    current.refresh->owner.clear();
    if (--current.refresh->attempts == 0) current.refresh.reset();
    return true;
  });
}

absl::StatusOr<std::optional<TokenRecord>> TokenRepository::SetAuthorizationRequired(
    Subject subject, std::int64_t generation, AuthorizationRequirement authorization_required) {
  return Update(subject, [&](TokenRecord& current) {
    const bool moved_on = current.generation != generation || current.authorization_required.has_value();
    if (moved_on || LeasedByAnother(current)) return false;
    current.refresh.reset();
    current.authorization_required = authorization_required;
    return true;
  });
}

absl::StatusOr<TokenRecord> TokenRepository::Put(TokenRecord record) {
  record.renewable = !record.pair.refresh_token.empty();
  record.refresh.reset();
  record.authorization_required.reset();
  for (int round = 0; round < kRoundsMax; ++round) {
    // Not Read: the old pair's key may be lost, and a new login must repair that too.
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

absl::StatusOr<std::optional<TokenRecord>> TokenRepository::SetAuthorizationEnd(Subject subject,
                                                                                absl::Time end) {
  return Update(subject, [&](TokenRecord& current) {
    if (current.authorization_expires == end || current.forgotten) return false;
    current.authorization_expires = end;
    return true;
  });
}

absl::StatusOr<std::optional<TokenRecord>> TokenRepository::Forget(Subject subject, absl::Time now,
                                                                   std::int64_t remembered) {
  const std::string key = KeyOf(subject);
  for (int round = 0; round < kRoundsMax; ++round) {
    absl::StatusOr<std::optional<StoredRecord>> stored = store_.Read(key);
    if (!stored.ok()) return stored.status();
    const bool present = stored->has_value();
    if (!present && remembered == 0) return std::nullopt;
    absl::StatusOr<TokenRecord> old = absl::NotFoundError("");
    if (present) old = codec_.DecodeWithoutPair(key, **stored);
    if (old.ok() && old->forgotten && old->generation >= remembered) return std::nullopt;
    TokenRecord tombstone;
    tombstone.subject = subject;
    tombstone.obtained = now;
    tombstone.generation = std::max(NextGeneration(now, old), remembered + 1);
    tombstone.forgotten = true;
    const absl::StatusOr<Version> version = Write(tombstone, present ? (*stored)->version : kAbsent);
    if (version.ok()) {
      tombstone.version = *version;
      return tombstone;
    }
    if (!absl::IsAborted(version.status())) return version.status();
  }
  return Contended(subject);
}

absl::StatusOr<TokenRepository::Restored> TokenRepository::Restore(TokenRecord record) {
  return Replace(std::move(record));
}

absl::Status TokenRepository::Purge(const TokenRecord& forgotten) {
  const absl::Status erased = store_.Erase(KeyOf(forgotten.subject), forgotten.version);
  return absl::IsAborted(erased) ? absl::OkStatus() : erased;
}

absl::StatusOr<TokenRepository::Page> TokenRepository::List(const std::string& after, int limit) {
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

absl::Status TokenRepository::Reencrypt(Subject subject) {
  return Update(subject, [](TokenRecord&) { return true; }).status();
}

}  // namespace firstmile::tokens

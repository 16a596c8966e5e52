#include "emulator/world/issued_tokens.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <utility>

#include "emulator/scramble.h"

namespace emulator::auth {
namespace {

constexpr int64_t kDefaultAuthorizationAge = 30 * kSecondsPerDay;

bool IsLive(const Token& token, std::string_view value, int64_t now) {
  return !value.empty() && token.value == value && now < token.expires_at;
}

void RememberSpent(Grant& grant) {
  if (grant.refresh.value.empty()) return;
  if (grant.spent.size() == kMaxRememberedSpent) grant.spent.pop_front();
  grant.spent.push_back(grant.refresh.value);
}

}  // namespace

std::string DefaultRefreshToken(int64_t id) {
  return absl::StrFormat("ref4e5%026d", id);
}

Grant& IssuedTokens::GrantOf(Subject subject) {
  const auto [it, is_new] = grants_.try_emplace(subject);
  Grant& grant = it->second;
  if (is_new) {
    grant.authorized_at = started_at_ - kDefaultAuthorizationAge;
    grant.ends_at = grant.authorized_at + kMaxAuthorizationDays * kSecondsPerDay;
    grant.refresh = {DefaultRefreshToken(subject.id), started_at_ + rules_.refresh_token_life};
  }
  return grant;
}

void IssuedTokens::Pin(Subject subject, const std::string& access_token) {
  Grant& grant = GrantOf(subject);
  if (grant.access.value != access_token) grant.access = {access_token, kNever};
}

bool IssuedTokens::Accepts(Subject subject, std::string_view access_token, int64_t now) {
  const Grant& grant = GrantOf(subject);
  return IsLive(grant.access, access_token, now) ||
         std::any_of(grant.in_grace.begin(), grant.in_grace.end(),
                     [&](const Token& token) { return IsLive(token, access_token, now); });
}

void IssuedTokens::Authorize(Subject subject, int64_t now, int days) {
  Grant& grant = GrantOf(subject);
  grant.authorized_at = now;
  grant.ends_at = now + days * kSecondsPerDay;
}

void IssuedTokens::Revoke(Subject subject) {
  Grant& grant = GrantOf(subject);
  RememberSpent(grant);
  grant.access = {};
  grant.in_grace.clear();
  grant.refresh = {};
  grant.replaced = {};
}

TokenPair IssuedTokens::Issue(const std::vector<Subject>& subjects, int64_t now) {
  int64_t ends_at = kNever;
  for (const Subject subject : subjects) ends_at = std::min(ends_at, GrantOf(subject).ends_at);
  const TokenPair pair = NewPair(now, ends_at);
  for (const Subject subject : subjects) Replace(GrantOf(subject), pair, now);
  return pair;
}

RefreshResult IssuedTokens::Refresh(Subject subject, std::string_view refresh_token, int64_t now) {
  Grant& grant = GrantOf(subject);
  if (refresh_token.empty() || grant.refresh.value != refresh_token) {
    return RefreshAgain(grant, refresh_token, now);
  }
  if (now >= grant.ends_at || now >= grant.refresh.expires_at) {
    ++grant.other_failed_refreshes;
    return now >= grant.ends_at ? RefreshResult::kAuthorizationEnded : RefreshResult::kTokenExpired;
  }
  Replace(grant, NewPair(now, grant.ends_at), now);
  grant.replaced = {std::string(refresh_token), now + rules_.spent_refresh_grace};
  ++grant.refreshes;
  return RefreshResult::kRefreshed;
}

// A refresh with a token that is not the current one. `replaced` is the token that was spent for the current
// pair; the next refresh or login overwrites it.
RefreshResult IssuedTokens::RefreshAgain(Grant& grant, std::string_view refresh_token, int64_t now) const {
  if (IsLive(grant.replaced, refresh_token, now) && now < grant.ends_at && now < grant.refresh.expires_at) {
    ++grant.repeated_refreshes;
    return RefreshResult::kRefreshed;
  }
  const bool spent = std::find(grant.spent.begin(), grant.spent.end(), refresh_token) != grant.spent.end();
  ++(spent ? grant.lost_refreshes : grant.other_failed_refreshes);
  return RefreshResult::kWrongToken;
}

std::string IssuedTokens::NewCode(const CodeTarget& target, int64_t now) {
  while (!code_order_.empty()) {
    const auto oldest = codes_.find(code_order_.front());
    const bool is_open = oldest != codes_.end() && now < oldest->second.expires_at;
    if (is_open && code_order_.size() < kMaxOpenCodes) break;
    if (oldest != codes_.end()) codes_.erase(oldest);
    code_order_.pop_front();
  }
  std::string code = NewSecret();
  codes_[code] = {target, now + rules_.code_life};
  code_order_.push_back(code);
  return code;
}

std::optional<CodeTarget> IssuedTokens::FindCode(std::string_view code, CodeTarget::Kind kind,
                                                 int64_t now) const {
  const auto it = codes_.find(code);
  if (it == codes_.end() || it->second.target.kind != kind || now >= it->second.expires_at) {
    return std::nullopt;
  }
  return it->second.target;
}

void IssuedTokens::SpendCode(std::string_view code) {
  const auto it = codes_.find(code);
  if (it != codes_.end()) codes_.erase(it);
}

// An access token ends with the authorization at the latest.
TokenPair IssuedTokens::NewPair(int64_t now, int64_t ends_at) {
  const int64_t access_ends = std::min(now + rules_.access_token_life, ends_at);
  const int64_t refresh_ends = now + rules_.refresh_token_life;
  return {{NewSecret(), access_ends}, {NewSecret(), refresh_ends}};
}

void IssuedTokens::Replace(Grant& grant, const TokenPair& pair, int64_t now) const {
  std::erase_if(grant.in_grace, [now](const Token& token) { return now >= token.expires_at; });
  if (!grant.access.value.empty()) {
    if (grant.in_grace.size() == kMaxGraceTokens) grant.in_grace.erase(grant.in_grace.begin());
    grant.access.expires_at = std::min(grant.access.expires_at, now + rules_.grace);
    grant.in_grace.push_back(std::move(grant.access));
  }
  RememberSpent(grant);
  grant.access = pair.access;
  grant.refresh = pair.refresh;
  grant.replaced = {};
}

std::string IssuedTokens::NewSecret() {
  const uint64_t start = Scramble(seed_);
  const uint64_t count = ++secrets_made_;
  return absl::StrFormat("%016x%016x", Scramble(start + 2 * count), Scramble(start + 2 * count + 1));
}

}  // namespace emulator::auth

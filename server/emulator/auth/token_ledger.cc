#include "emulator/auth/token_ledger.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <utility>

namespace emulator::auth {
namespace {

constexpr int64_t kDefaultAuthorizationAge = 30 * kSecondsPerDay;

// A bijection of 64-bit numbers that looks random (the splitmix64 finalizer).
uint64_t Scramble(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

bool IsLive(const Token& token, std::string_view value, int64_t now) {
  return !value.empty() && token.value == value && now < token.expires_at;
}

void RememberSpent(Grant& grant) {
  if (grant.refresh.value.empty()) return;
  if (grant.spent.size() == kMostRememberedSpent) grant.spent.pop_front();
  grant.spent.push_back(grant.refresh.value);
}

}  // namespace

std::string DefaultRefreshToken(int64_t id) {
  return absl::StrFormat("ref4e5%026d", id);
}

Grant& TokenLedger::GrantOf(Subject subject) {
  const auto [it, is_new] = grants_.try_emplace(subject);
  Grant& grant = it->second;
  if (is_new) {
    grant.authorized_at = started_at_ - kDefaultAuthorizationAge;
    grant.ends_at = grant.authorized_at + kMostAuthorizationDays * kSecondsPerDay;
    grant.refresh = {DefaultRefreshToken(subject.id), started_at_ + rules_.refresh_token_life};
  }
  return grant;
}

void TokenLedger::Pin(Subject subject, const std::string& access_token) {
  Grant& grant = GrantOf(subject);
  if (grant.access.value != access_token) grant.access = {access_token, kNever};
}

bool TokenLedger::Accepts(Subject subject, std::string_view access_token, int64_t now) {
  const Grant& grant = GrantOf(subject);
  return IsLive(grant.access, access_token, now) ||
         std::any_of(grant.in_grace.begin(), grant.in_grace.end(),
                     [&](const Token& token) { return IsLive(token, access_token, now); });
}

void TokenLedger::Authorize(Subject subject, int64_t now, int days) {
  Grant& grant = GrantOf(subject);
  grant.authorized_at = now;
  grant.ends_at = now + days * kSecondsPerDay;
}

void TokenLedger::Revoke(Subject subject) {
  Grant& grant = GrantOf(subject);
  RememberSpent(grant);
  grant.access = {};
  grant.in_grace.clear();
  grant.refresh = {};
}

TokenPair TokenLedger::Issue(const std::vector<Subject>& subjects, int64_t now) {
  int64_t ends_at = kNever;
  for (const Subject subject : subjects) ends_at = std::min(ends_at, GrantOf(subject).ends_at);
  const TokenPair pair = NewPair(now, ends_at);
  for (const Subject subject : subjects) Replace(GrantOf(subject), pair, now);
  return pair;
}

RefreshVerdict TokenLedger::Refresh(Subject subject, std::string_view refresh_token, int64_t now) {
  Grant& grant = GrantOf(subject);
  if (refresh_token.empty() || grant.refresh.value != refresh_token) {
    const bool spent = std::find(grant.spent.begin(), grant.spent.end(), refresh_token) != grant.spent.end();
    ++(spent ? grant.lost_refreshes : grant.other_failed_refreshes);
    return RefreshVerdict::kWrongToken;
  }
  if (now >= grant.ends_at || now >= grant.refresh.expires_at) {
    ++grant.other_failed_refreshes;
    return now >= grant.ends_at ? RefreshVerdict::kAuthorizationEnded : RefreshVerdict::kTokenExpired;
  }
  Replace(grant, NewPair(now, grant.ends_at), now);
  ++grant.refreshes;
  return RefreshVerdict::kRefreshed;
}

std::string TokenLedger::NewCode(const CodeTarget& target, int64_t now) {
  while (!code_order_.empty()) {
    const auto oldest = codes_.find(code_order_.front());
    const bool is_open = oldest != codes_.end() && now < oldest->second.expires_at;
    if (is_open && code_order_.size() < kMostOpenCodes) break;
    if (oldest != codes_.end()) codes_.erase(oldest);
    code_order_.pop_front();
  }
  std::string code = NewSecret();
  codes_[code] = {target, now + rules_.code_life};
  code_order_.push_back(code);
  return code;
}

std::optional<CodeTarget> TokenLedger::FindCode(std::string_view code, CodeTarget::Kind kind,
                                                int64_t now) const {
  const auto it = codes_.find(code);
  if (it == codes_.end() || it->second.target.kind != kind || now >= it->second.expires_at) {
    return std::nullopt;
  }
  return it->second.target;
}

void TokenLedger::SpendCode(std::string_view code) {
  const auto it = codes_.find(code);
  if (it != codes_.end()) codes_.erase(it);
}

// No token outlives the authorization.
TokenPair TokenLedger::NewPair(int64_t now, int64_t ends_at) {
  const int64_t access_ends = std::min(now + rules_.access_token_life, ends_at);
  const int64_t refresh_ends = now + rules_.refresh_token_life;
  return {{NewSecret(), access_ends}, {NewSecret(), refresh_ends}};
}

void TokenLedger::Replace(Grant& grant, const TokenPair& pair, int64_t now) const {
  std::erase_if(grant.in_grace, [now](const Token& token) { return now >= token.expires_at; });
  if (!grant.access.value.empty()) {
    if (grant.in_grace.size() == kMostGraceTokens) grant.in_grace.erase(grant.in_grace.begin());
    grant.access.expires_at = std::min(grant.access.expires_at, now + rules_.grace);
    grant.in_grace.push_back(std::move(grant.access));
  }
  RememberSpent(grant);
  grant.access = pair.access;
  grant.refresh = pair.refresh;
}

std::string TokenLedger::NewSecret() {
  const uint64_t start = Scramble(seed_);
  const uint64_t count = ++secrets_made_;
  return absl::StrFormat("%016x%016x", Scramble(start + 2 * count), Scramble(start + 2 * count + 1));
}

}  // namespace emulator::auth

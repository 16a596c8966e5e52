// Which tokens are good for which shop or merchant, and the one-time codes that lead to them. Not thread
// safe; part of the world.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/auth/subject.h"

namespace emulator::auth {

inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
inline constexpr int64_t kSecondsPerDay = 86400;
inline constexpr int kMostAuthorizationDays = 365;
inline constexpr std::size_t kMostGraceTokens = 8;        // old access tokens of one subject, in their grace
inline constexpr std::size_t kMostRememberedSpent = 100;  // spent refresh tokens of one subject
inline constexpr std::size_t kMostOpenCodes = 10'000;     // the oldest goes first

// All in seconds.
struct TokenRules {
  int64_t access_token_life = 14400;
  int64_t refresh_token_life = 30 * kSecondsPerDay;
  int64_t grace = 300;  // of an access token after the refresh that replaced it
  int64_t code_life = 600;
};

struct Token {
  std::string value;
  int64_t expires_at = 0;
};

struct TokenPair {
  Token access;
  Token refresh;
};

// What the partner holds for one subject.
struct Grant {
  int64_t authorized_at = 0;
  int64_t ends_at = 0;  // of the authorization; no refresh works from then on
  Token access;
  std::vector<Token> in_grace;          // access tokens that were replaced a moment ago
  Token refresh;                        // the only one that works: so each works once for this subject
  std::deque<std::string> spent;        // refresh tokens, newest last
  uint64_t refreshes = 0;               // that won
  uint64_t lost_refreshes = 0;          // came with a spent token
  uint64_t other_failed_refreshes = 0;  // came with a token that is unknown here, or too late
};

// What the seller's consent or the console's resend covers. One use.
struct CodeTarget {
  enum class Kind { kCode, kResendCode };
  Kind kind = Kind::kCode;
  bool is_main_account = false;
  int64_t account_id = 0;  // the shop's, or the main account's
};

enum class RefreshVerdict { kRefreshed, kWrongToken, kTokenExpired, kAuthorizationEnded };

// "ref4e5" and the id, zero-padded to 26 digits.
std::string DefaultRefreshToken(int64_t id);

class TokenLedger {
 public:
  // Equal seeds make equal tokens.
  TokenLedger(TokenRules rules, int64_t now, uint64_t seed) : rules_(rules), started_at_(now), seed_(seed) {}

  const TokenRules& rules() const { return rules_; }

  // A subject that was never authorized in front of the ledger has the default grant: authorized 30 days
  // before the start, one default refresh token, no access token yet.
  Grant& GrantOf(Subject subject);

  // An access token given from outside replaces the current one without grace, and never expires.
  void Pin(Subject subject, const std::string& access_token);
  bool Accepts(Subject subject, std::string_view access_token, int64_t now);

  void Authorize(Subject subject, int64_t now, int days);
  void Revoke(Subject subject);  // no token of the subject works any more

  // The same pair for all of them.
  TokenPair Issue(const std::vector<Subject>& subjects, int64_t now);
  RefreshVerdict Refresh(Subject subject, std::string_view refresh_token, int64_t now);

  std::string NewCode(const CodeTarget& target, int64_t now);
  // Nothing when the code is unknown, used, too old, or of the other kind.
  std::optional<CodeTarget> FindCode(std::string_view code, CodeTarget::Kind kind, int64_t now) const;
  void SpendCode(std::string_view code);

 private:
  struct OpenCode {
    CodeTarget target;
    int64_t expires_at = 0;
  };

  TokenPair NewPair(int64_t now, int64_t ends_at);
  void Replace(Grant& grant, const TokenPair& pair, int64_t now) const;
  std::string NewSecret();

  TokenRules rules_;
  int64_t started_at_;
  uint64_t seed_;
  uint64_t secrets_made_ = 0;
  absl::flat_hash_map<Subject, Grant> grants_;
  std::map<std::string, OpenCode, std::less<>> codes_;
  std::deque<std::string> code_order_;  // oldest first
};

}  // namespace emulator::auth

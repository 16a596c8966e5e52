// The valid tokens of each shop and merchant, and the one-time codes that are exchanged for them. Not thread
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

#include "emulator/world/subject.h"

namespace emulator::auth {

inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
inline constexpr int64_t kSecondsPerDay = 86400;
inline constexpr int kMaxAuthorizationDays = 365;
inline constexpr std::size_t kMaxGraceTokens = 8;        // replaced access tokens of one subject
inline constexpr std::size_t kMaxRememberedSpent = 100;  // spent refresh tokens of one subject
inline constexpr std::size_t kMaxOpenCodes = 10'000;     // beyond these the oldest is dropped

// All in seconds.
struct TokenRules {
  int64_t access_token_life = 14400;
  int64_t refresh_token_life = 30 * kSecondsPerDay;
  int64_t grace = 300;  // life of an access token after a refresh replaced it
  int64_t code_life = 600;
  int64_t spent_refresh_grace = 0;  // during which a spent refresh token returns the same new pair
};

struct Token {
  std::string value;
  int64_t expires_at = 0;
};

struct TokenPair {
  Token access;
  Token refresh;
};

// The authorization and tokens of one shop or merchant.
struct Grant {
  int64_t authorized_at = 0;
  int64_t ends_at = 0;  // of the authorization; a refresh fails from then on
  Token access;
  std::vector<Token> in_grace;      // replaced access tokens that are still valid
  Token refresh;                    // the only valid one, so each works once for this subject
  Token replaced;                   // the refresh token that was spent for the current pair
  std::deque<std::string> spent;    // spent refresh tokens, newest last
  uint64_t refreshes = 0;           // successful ones
  uint64_t repeated_refreshes = 0;  // with a spent token within its grace: the same pair was returned
  uint64_t lost_refreshes = 0;      // with a spent token
  uint64_t other_failed_refreshes =
      0;  // with an unknown token, or after the end of the token or authorization
};

// The account that a code was issued for. A code works once.
struct CodeTarget {
  enum class Kind { kCode, kResendCode };
  Kind kind = Kind::kCode;
  bool is_main_account = false;
  int64_t account_id = 0;  // a shop id, or a main account id
};

enum class RefreshResult { kRefreshed, kWrongToken, kTokenExpired, kAuthorizationEnded };

// "ref4e5" and the id, zero-padded to 26 digits.
std::string DefaultRefreshToken(int64_t id);

class IssuedTokens {
 public:
  // Equal seeds give equal tokens.
  IssuedTokens(TokenRules rules, int64_t now, uint64_t seed) : rules_(rules), started_at_(now), seed_(seed) {}

  const TokenRules& rules() const { return rules_; }

  // Without an earlier Authorize() this is the default grant: authorized 30 days before the start, with the
  // default refresh token and no access token.
  Grant& GrantOf(Subject subject);

  // Sets an access token that never expires; the current one ends at once, without grace.
  void Pin(Subject subject, const std::string& access_token);
  bool Accepts(Subject subject, std::string_view access_token, int64_t now);

  void Authorize(Subject subject, int64_t now, int days);
  void Revoke(Subject subject);  // invalidates all tokens of the subject

  // Issues one pair that is valid for all of `subjects`.
  TokenPair Issue(const std::vector<Subject>& subjects, int64_t now);
  RefreshResult Refresh(Subject subject, std::string_view refresh_token, int64_t now);

  std::string NewCode(const CodeTarget& target, int64_t now);
  // nullopt if the code is unknown, used, expired or of the other kind.
  std::optional<CodeTarget> FindCode(std::string_view code, CodeTarget::Kind kind, int64_t now) const;
  void SpendCode(std::string_view code);

 private:
  struct OpenCode {
    CodeTarget target;
    int64_t expires_at = 0;
  };

  TokenPair NewPair(int64_t now, int64_t ends_at);
  void Replace(Grant& grant, const TokenPair& pair, int64_t now) const;
  RefreshResult RefreshAgain(Grant& grant, std::string_view refresh_token, int64_t now) const;
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

// What sellers and the partner do with accounts: consent, cancel, redeem, refresh. The world's shops and the
// token ledger follow together. Not thread safe; the caller guards the world.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/auth/token_ledger.h"
#include "emulator/world/world.h"

namespace emulator::auth {

// Who logs in: one shop, or a main account with everything that belongs to it.
struct Account {
  bool is_main = false;
  int64_t id = 0;

  friend bool operator==(const Account&, const Account&) = default;
};

// Empty when there is no such account.
std::vector<Subject> SubjectsOf(World& world, const Account& account);
bool IsBanned(World& world, const Account& account);

// Links the subjects for `days` and returns a one-time code. "" when there is no such account.
std::string Consent(World& world, const Account& account, int days);
// False when there is no such account.
bool Cancel(World& world, const Account& account);

// A code that the console sends once more. "" unless the account is authorized now.
std::string Resend(World& world, const Account& account);

bool Exists(World& world, Subject subject);
bool HasLink(World& world, Subject subject);   // it exists and was not cancelled; the link may have run out
bool IsLinked(World& world, Subject subject);  // and the authorization has not ended
Grant& GrantOf(World& world, Subject subject);
TokenPair Issue(World& world, const Account& account);
RefreshVerdict Refresh(World& world, Subject subject, std::string_view refresh_token);

}  // namespace emulator::auth

// Consent, cancel, redeem and refresh. Keeps the shops' links and the issued tokens consistent. Not thread
// safe; the caller locks the world.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/issued_tokens.h"
#include "emulator/world/world.h"

namespace emulator::auth {

// The account that a seller logs in with: a shop, or a main account with all its merchants and shops.
struct Account {
  bool is_main = false;
  int64_t id = 0;

  friend bool operator==(const Account&, const Account&) = default;
};

// Empty if the account is unknown.
std::vector<Subject> SubjectsOf(World& world, const Account& account);
bool IsBanned(World& world, const Account& account);

// Links the subjects for `days` and returns a one-time code; "" if the account is unknown.
std::string Consent(World& world, const Account& account, int days);
// False if the account is unknown.
bool Cancel(World& world, const Account& account);

// A resend code, which Shopee's console issues; "" unless the account is authorized now.
std::string Resend(World& world, const Account& account);

bool Exists(World& world, Subject subject);
bool HasLink(World& world,
             Subject subject);  // it exists and was not cancelled; the authorization may have ended
bool IsLinked(World& world, Subject subject);  // and the authorization has not ended
Grant& GrantOf(World& world, Subject subject);
TokenPair Issue(World& world, const Account& account);
RefreshResult Refresh(World& world, Subject subject, std::string_view refresh_token);

}  // namespace emulator::auth

// Tokens and codes: Engine's access to the issued tokens of the world.
#include "emulator/auth/authorization.h"
#include "emulator/engine/engine.h"

namespace emulator::engine {

TokenState Engine::Tokens(auth::Subject subject) {
  TokenState state;
  WithWorld([&](World& world) {
    if (!auth::Exists(world, subject)) return;
    const auth::Grant& grant = auth::GrantOf(world, subject);
    state.access_token = grant.access.value;
    state.access_expires_at = grant.access.expires_at;
    for (const auth::Token& token : grant.in_grace) {
      if (world.Now() < token.expires_at) state.grace_tokens.push_back(token.value);
    }
    state.refresh_token = grant.refresh.value;
    state.refresh_expires_at = grant.refresh.expires_at;
    state.authorized_at = grant.authorized_at;
    state.authorization_ends_at = grant.ends_at;
    state.refreshes = grant.refreshes;
    state.repeated_refreshes = grant.repeated_refreshes;
    state.lost_refreshes = grant.lost_refreshes;
    state.other_failed_refreshes = grant.other_failed_refreshes;
    state.spent_refresh_tokens.assign(grant.spent.begin(), grant.spent.end());
  });
  return state;
}

std::string Engine::Authorize(const auth::Account& account, int days) {
  std::string code;
  WithWorld([&](World& world) { code = auth::Consent(world, account, days); });
  return code;
}

std::string Engine::Resend(const auth::Account& account) {
  std::string code;
  WithWorld([&](World& world) { code = auth::Resend(world, account); });
  return code;
}

}  // namespace emulator::engine

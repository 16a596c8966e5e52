#include "emulator/auth/authorization.h"

#include <algorithm>

namespace emulator::auth {
namespace {

void SetLinked(World& world, Subject subject, bool linked) {
  if (subject.kind == SubjectKind::kMerchant) {
    if (Merchant* merchant = world.accounts().FindMerchant(subject.id)) merchant->linked = linked;
  } else if (Shop* shop = world.FindShop(subject.id)) {
    shop->linked = linked;
  }
}

// Shop::access_token repeats the current token; tests and the control API may change it there.
void CopyAccessTokenToShop(World& world, Subject subject) {
  if (subject.kind != SubjectKind::kShop) return;
  Shop* shop = world.FindShop(subject.id);
  if (shop != nullptr) shop->access_token = world.tokens().GrantOf(subject).access.value;
}

AccountChange ChangeOf(const Account& account, const std::vector<Subject>& subjects) {
  return {account.is_main ? account.id : 0, subjects};
}

CodeTarget TargetOf(const Account& account, CodeTarget::Kind kind) {
  return {kind, account.is_main, account.id};
}

}  // namespace

std::vector<Subject> SubjectsOf(World& world, const Account& account) {
  if (account.is_main) return world.accounts().SubjectsOf(account.id);
  if (world.FindShop(account.id) == nullptr) return {};
  return {ShopSubject(account.id)};
}

bool IsBanned(World& world, const Account& account) {
  const Shop* shop = account.is_main ? nullptr : world.FindShop(account.id);
  return shop != nullptr && shop->banned;
}

std::string Consent(World& world, const Account& account, int days) {
  const std::vector<Subject> subjects = SubjectsOf(world, account);
  if (subjects.empty()) return "";
  const int64_t now = world.Now();
  for (const Subject subject : subjects) {
    SetLinked(world, subject, true);
    world.tokens().Authorize(subject, now, days);
  }
  if (world.observer() != nullptr) world.observer()->OnAuthorized(world, ChangeOf(account, subjects), now);
  return world.tokens().NewCode(TargetOf(account, CodeTarget::Kind::kCode), now);
}

bool Cancel(World& world, const Account& account) {
  const std::vector<Subject> subjects = SubjectsOf(world, account);
  for (const Subject subject : subjects) {
    SetLinked(world, subject, false);
    world.tokens().Revoke(subject);
    CopyAccessTokenToShop(world, subject);
  }
  if (!subjects.empty() && world.observer() != nullptr) {
    world.observer()->OnCancelled(world, ChangeOf(account, subjects), world.Now());
  }
  return !subjects.empty();
}

std::string Resend(World& world, const Account& account) {
  const std::vector<Subject> subjects = SubjectsOf(world, account);
  const bool authorized =
      !subjects.empty() && std::all_of(subjects.begin(), subjects.end(),
                                       [&world](Subject subject) { return IsLinked(world, subject); });
  if (!authorized) return "";
  return world.tokens().NewCode(TargetOf(account, CodeTarget::Kind::kResendCode), world.Now());
}

bool Exists(World& world, Subject subject) {
  return subject.kind == SubjectKind::kShop ? world.FindShop(subject.id) != nullptr
                                            : world.accounts().FindMerchant(subject.id) != nullptr;
}

bool HasLink(World& world, Subject subject) {
  if (!Exists(world, subject)) return false;
  return subject.kind == SubjectKind::kShop ? world.FindShop(subject.id)->linked
                                            : world.accounts().FindMerchant(subject.id)->linked;
}

bool IsLinked(World& world, Subject subject) {
  return HasLink(world, subject) && world.Now() < GrantOf(world, subject).ends_at;
}

Grant& GrantOf(World& world, Subject subject) {
  if (subject.kind == SubjectKind::kShop) {
    const Shop* shop = world.FindShop(subject.id);
    if (shop != nullptr) world.tokens().Pin(subject, shop->access_token);
  }
  return world.tokens().GrantOf(subject);
}

TokenPair Issue(World& world, const Account& account) {
  const std::vector<Subject> subjects = SubjectsOf(world, account);
  for (const Subject subject : subjects) GrantOf(world, subject);
  const TokenPair pair = world.tokens().Issue(subjects, world.Now());
  for (const Subject subject : subjects) CopyAccessTokenToShop(world, subject);
  return pair;
}

RefreshResult Refresh(World& world, Subject subject, std::string_view refresh_token) {
  GrantOf(world, subject);
  const RefreshResult result = world.tokens().Refresh(subject, refresh_token, world.Now());
  CopyAccessTokenToShop(world, subject);
  return result;
}

}  // namespace emulator::auth

#include "rpc/auth_checks.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "endpoints/request_rules.h"

namespace firstmile::rpc {
namespace {

// Of one answer: a list may hold any number of faulty elements.
constexpr std::size_t kViolationsMax = endpoints::RequestRules::kViolationsMax;

// Of the configured address, whose length nobody has checked; a request's own has the same limit.
constexpr std::size_t kRedirectBytesMax = 2048;

// What the contract declares about the fields of a request.
template <typename Request>
Violations CheckDeclared(const Request& request) {
  static const endpoints::RequestRules rules =
      endpoints::RequestRules::Compile(*Request::descriptor()).value();
  return rules.Check(request);
}

void CheckImported(const std::string& field, const v1::ImportedTokens& tokens, Violations* violations) {
  if (SubjectOf(tokens).id <= 0) {
    violations->push_back({field + ".shop_id", "give a positive shop_id or merchant_id"});
  }
  if (tokens.access_token().empty() && tokens.refresh_token().empty()) {
    violations->push_back({field + ".refresh_token", "give at least one of access_token and refresh_token"});
  }
}

bool IsWebAddress(absl::string_view url) {
  return (absl::StartsWith(url, "https://") || absl::StartsWith(url, "http://")) &&
         url.size() <= kRedirectBytesMax;
}

}  // namespace

Violations CheckSubject(tokens::Subject subject) {
  if (subject.id > 0) return {};
  return {{"shop_id", "give a positive shop_id or merchant_id"}};
}

Violations Check(const v1::GetAuthorizationUrlRequest& request, const std::string& default_redirect_url) {
  Violations violations = CheckDeclared(request);
  if (!violations.empty()) return violations;
  const std::string& redirect =
      request.redirect_url().empty() ? default_redirect_url : request.redirect_url();
  if (!IsWebAddress(redirect)) {
    violations.push_back(
        {"redirect_url", absl::StrCat("give an address that starts with https:// or http://, at "
                                      "most ",
                                      kRedirectBytesMax,
                                      " bytes, here or as custody.redirect_url of the "
                                      "configuration")});
  }
  if (!v1::AuthorizationForm_IsValid(request.form())) {
    violations.push_back({"form", "is not a form that this version knows"});
  }
  if (!v1::AuthorizationHost_IsValid(request.host())) {
    violations.push_back({"host", "is not a host that this version knows"});
  }
  const bool is_signed = request.form() == v1::AUTHORIZATION_FORM_SIGNED;
  if (is_signed && !request.state().empty()) {
    violations.push_back(
        {"state", "the signed page does not hand it back; leave it empty or use the newer page"});
  }
  return violations;
}

Violations Check(const v1::ExchangeCodeRequest& request) {
  Violations violations = CheckDeclared(request);
  if (!violations.empty()) return violations;
  const std::int64_t account = request.has_main_account_id() ? request.main_account_id() : request.shop_id();
  if (account <= 0) {
    violations.push_back({"shop_id", "give the positive shop_id or main_account_id from the redirect"});
  }
  return violations;
}

Violations Check(const v1::ImportTokensRequest& request) {
  Violations violations = CheckDeclared(request);
  if (!violations.empty()) return violations;
  absl::flat_hash_set<tokens::Subject> seen;
  for (int i = 0; i < request.tokens_size() && violations.size() < kViolationsMax; ++i) {
    const std::string field = absl::StrCat("tokens[", i, "]");
    CheckImported(field, request.tokens(i), &violations);
    const tokens::Subject subject = SubjectOf(request.tokens(i));
    if (!seen.insert(subject).second) {
      violations.push_back({field, absl::StrCat(tokens::NameOf(subject), " is given twice")});
    }
  }
  return violations;
}

Violations Check(const v1::ListShopsRequest& request) {
  Violations violations = CheckDeclared(request);
  if (!violations.empty()) return violations;
  std::string key;
  if (!absl::WebSafeBase64Unescape(request.page_token(), &key)) {
    violations.push_back({"page_token", "must be a next_page_token of ListShops, unchanged"});
  }
  return violations;
}

Violations Check(const v1::WatchShopsRequest& request) {
  return CheckDeclared(request);
}

}  // namespace firstmile::rpc

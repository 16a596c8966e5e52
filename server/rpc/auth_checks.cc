#include "rpc/auth_checks.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codec/token_grant.h"

namespace firstmile::rpc {
namespace {

constexpr std::size_t kRedirectBytesMax = 2048;
constexpr std::size_t kStateBytesMax = 1024;
constexpr std::size_t kCodeBytesMax = 1024;
constexpr int kImportedMax = 1000;
constexpr int kWatchedMax = 1000;

void CheckImported(const std::string& field, const v1::ImportedTokens& tokens, Violations* violations) {
  if (SubjectOf(tokens).id <= 0) {
    violations->push_back({field + ".shop_id", "give a positive shop_id or merchant_id"});
  }
  if (tokens.access_token().empty() && tokens.refresh_token().empty()) {
    violations->push_back({field + ".refresh_token", "give at least one of access_token and refresh_token"});
  }
  for (const auto& [name, token] : {std::pair("access_token", &tokens.access_token()),
                                    std::pair("refresh_token", &tokens.refresh_token())}) {
    if (token->size() > codec::kTokenBytesMax) {
      violations->push_back({absl::StrCat(field, ".", name),
                             absl::StrCat("must be at most ", codec::kTokenBytesMax, " bytes")});
    }
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
  Violations violations;
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
  if (request.state().size() > kStateBytesMax) {
    violations.push_back({"state", absl::StrCat("must be at most ", kStateBytesMax, " bytes")});
  }
  const bool is_signed = request.form() == v1::AUTHORIZATION_FORM_SIGNED;
  if (is_signed && !request.state().empty()) {
    violations.push_back(
        {"state", "the signed page does not hand it back; leave it empty or use the newer page"});
  }
  return violations;
}

Violations Check(const v1::ExchangeCodeRequest& request) {
  Violations violations;
  if (request.code().empty() || request.code().size() > kCodeBytesMax) {
    violations.push_back({"code", "give the value of `code` from the redirect"});
  }
  const std::int64_t account = request.has_main_account_id() ? request.main_account_id() : request.shop_id();
  if (account <= 0) {
    violations.push_back({"shop_id", "give the positive shop_id or main_account_id from the redirect"});
  }
  return violations;
}

Violations Check(const v1::ImportTokensRequest& request) {
  if (request.tokens().empty() || request.tokens_size() > kImportedMax) {
    return {{"tokens", absl::StrCat("give 1 to ", kImportedMax, " elements, not ", request.tokens_size())}};
  }
  Violations violations;
  absl::flat_hash_set<tokens::Subject> seen;
  for (int i = 0; i < request.tokens_size(); ++i) {
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
  Violations violations;
  if (request.page_size() < 0 || request.page_size() > kListedShopsMax) {
    violations.push_back(
        {"page_size", absl::StrCat("must be 1 to ", kListedShopsMax, ", or 0 for ", kListedShopsDefault)});
  }
  std::string key;
  if (!absl::WebSafeBase64Unescape(request.page_token(), &key)) {
    violations.push_back({"page_token", "must be a next_page_token of ListShops, unchanged"});
  }
  return violations;
}

Violations Check(const v1::WatchShopsRequest& request) {
  if (request.shop_ids_size() > kWatchedMax) {
    return {{"shop_ids", absl::StrCat("at most ", kWatchedMax, " shops; leave it empty to watch all")}};
  }
  return {};
}

}  // namespace firstmile::rpc

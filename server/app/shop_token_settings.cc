#include "app/shop_token_settings.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ops/call_log.h"
#include "secrets/key_text.h"
#include "secrets/secret_file.h"

namespace firstmile::app {
namespace {

constexpr int kShopTokensMax = 100'000;
constexpr std::size_t kAccessTokenBytesMax = 8192;

absl::Status CheckToken(absl::string_view token) {
  if (token.empty()) return absl::InvalidArgumentError("holds no token");
  if (token.size() > kAccessTokenBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("must be at most ", kAccessTokenBytesMax, " bytes, got ", token.size()));
  }
  const auto is_control = [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); };
  if (std::any_of(token.begin(), token.end(), is_control)) {
    return absl::InvalidArgumentError("holds a control character, such as a NUL byte of a half-written file");
  }
  return absl::OkStatus();
}

absl::StatusOr<secrets::KeyText> ReadTokenFile(const std::string& path, secrets::FileAccess access) {
  const absl::StatusOr<secrets::Secret> text = secrets::ReadSecretFile(path, access);
  if (!text.ok()) return text.status();
  secrets::KeyText token = secrets::CleanKey(*text);
  if (absl::Status good = CheckToken(token.key.Reveal()); !good.ok()) return good;
  return token;
}

void AddWarning(absl::string_view field, const secrets::KeyText& key, std::vector<std::string>* warnings) {
  if (key.oddities.empty()) return;
  warnings->push_back(absl::StrCat(field, ": the file or variable holds ", key.oddities,
                                   "; the sidecar uses the ", key.key.Reveal().size(),
                                   " characters of the secret itself. Store it alone, as plain text."));
}

// The token of one shop, or nothing after a mistake.
std::optional<secrets::Secret> ReadToken(ConfigValidator& check, const std::string& field,
                                         const config::v1::ShopToken& token, Settings* settings) {
  if (token.access_token().empty() == token.access_token_file().empty()) {
    check.Fail(field, "give exactly one of access_token and access_token_file");
    return std::nullopt;
  }
  if (!token.access_token().empty()) {
    const absl::Status good = CheckToken(token.access_token());
    if (!good.ok()) check.Fail(field + ".access_token", good.message());
    return secrets::Secret(token.access_token());
  }
  absl::StatusOr<secrets::KeyText> read = ReadTokenFile(token.access_token_file(), check.key_files());
  if (!read.ok()) {
    check.Fail(field + ".access_token_file", read.status().message());
    return std::nullopt;
  }
  AddWarning(field + ".access_token_file", *read, &settings->warnings);
  settings->tokens.token_files.paths.emplace(token.shop_id(), token.access_token_file());
  return std::move(read->key);
}

void ResolveShopToken(ConfigValidator& check, const std::string& field, const config::v1::ShopToken& token,
                      Settings* settings) {
  if (token.shop_id() < 1) {
    return check.Fail(field + ".shop_id", token.has_shop_id()
                                              ? absl::StrCat("must be 1 or more, got ", token.shop_id())
                                              : "is required");
  }
  std::optional<secrets::Secret> secret = ReadToken(check, field, token, settings);
  if (!secret.has_value()) return;
  if (!settings->tokens.configured.try_emplace(token.shop_id(), *std::move(secret)).second) {
    check.Fail(field + ".shop_id", absl::StrCat("shop ", token.shop_id(), " is given twice"));
  }
}

// A configuration with tokens in it is a file with secrets itself.
void CheckConfigAccess(ConfigValidator& check, const ConfigFile& file) {
  if (file.access.ok() || check.key_files() == secrets::FileAccess::kAnyone) return;
  for (int i = 0; i < file.config.shop_tokens_size(); ++i) {
    if (file.config.shop_tokens(i).access_token().empty()) continue;
    return check.Fail(absl::StrCat("shop_tokens[", i, "].access_token"), file.access.message());
  }
}

void LogTokenFile(std::int64_t shop_id, const std::string& path, const absl::Status& status) {
  if (status.ok()) {
    return ops::LogEvent(ops::LogLevel::kInfo, "shop_token_file_read",
                         absl::StrCat("shop ", shop_id, ": the token in ", path, " is used from now on"));
  }
  ops::LogEvent(ops::LogLevel::kWarning, "shop_token_file_unusable",
                absl::StrCat("shop ", shop_id, ": shop_tokens.access_token_file: ", status.message(),
                             "; the last token stays in use, and the file is read again when it changes"));
}

}  // namespace

secrets::Secret TidiedKey(absl::string_view field, const secrets::Secret& text,
                          std::vector<std::string>* warnings) {
  secrets::KeyText key = secrets::CleanKey(text);
  AddWarning(field, key, warnings);
  return std::move(key.key);
}

void ResolveShopTokens(ConfigValidator& check, const ConfigFile& file, Settings* settings) {
  const int count = file.config.shop_tokens_size();
  if (count > kShopTokensMax) {
    return check.Fail("shop_tokens", absl::StrCat("must be at most ", kShopTokensMax, " shops, got ", count));
  }
  for (int i = 0; i < count; ++i) {
    ResolveShopToken(check, absl::StrCat("shop_tokens[", i, "]"), file.config.shop_tokens(i), settings);
  }
  CheckConfigAccess(check, file);
  settings->tokens.token_files.read =
      [access = check.key_files()](const std::string& path) -> absl::StatusOr<secrets::Secret> {
    absl::StatusOr<secrets::KeyText> token = ReadTokenFile(path, access);
    if (!token.ok()) return token.status();
    return std::move(token->key);
  };
  settings->tokens.token_files.report = LogTokenFile;
}

}  // namespace firstmile::app

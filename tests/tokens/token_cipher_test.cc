#include "tokens/stores/token_cipher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "secrets/hex.h"

namespace firstmile::tokens {
namespace {

using secrets::Secret;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kHexA(64, 'a');
const std::string kHexB(64, 'b');

absl::StatusOr<std::vector<EncryptionKey>> Parse(const std::string& text) {
  return ParseEncryptionKeys(Secret(text));
}
TokenCipher CipherOf(const std::string& text) {
  return TokenCipher(*Parse(text));
}

std::string ErrorOf(const std::string& text) {
  const auto keys = Parse(text);
  EXPECT_EQ(keys.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(keys.status().message());
}

TEST(EncryptionKeys, AreTakenAsHexadecimalDigitsOrBase64) {
  const std::string bytes(32, '\xaa');
  const auto hex = Parse(kHexA);
  const auto upper = Parse(std::string(64, 'A'));
  const auto base64 = Parse(absl::Base64Escape(bytes));
  ASSERT_TRUE(hex.ok() && upper.ok() && base64.ok()) << hex.status() << upper.status() << base64.status();
  EXPECT_EQ(hex->front().bytes.Reveal(), bytes);
  EXPECT_EQ(upper->front().bytes.Reveal(), bytes);
  EXPECT_EQ(base64->front().bytes.Reveal(), bytes);
  EXPECT_EQ(hex->front().id, base64->front().id);
}

TEST(EncryptionKeys, KeepTheirOrderAmongCommentsAndEmptyLines) {
  const auto keys = Parse("# of this year\n" + kHexB + "\r\n\n  # of last year\n  " + kHexA + "\n");
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_EQ(keys->size(), 2U);
  EXPECT_EQ((*keys)[0].bytes.Reveal(), std::string(32, '\xbb'));
  EXPECT_EQ((*keys)[1].bytes.Reveal(), std::string(32, '\xaa'));
  EXPECT_NE((*keys)[0].id, (*keys)[1].id);
}

TEST(EncryptionKeys, ThatAreNoKeysAreNamedByLineAndNeverShown) {
  const std::string short_hex = kHexA + "\n\n" + std::string(63, 'c');
  const std::string not_hex = std::string(63, 'c') + "g";
  const std::string short_base64 = absl::Base64Escape(std::string(31, 'c'));
  const std::string not_base64 = std::string(43, 'c') + "!";
  EXPECT_THAT(ErrorOf(short_hex), AllOf(HasSubstr("line 3"), Not(HasSubstr("ccc"))));
  EXPECT_THAT(ErrorOf(not_hex), AllOf(HasSubstr("line 1"), Not(HasSubstr("ccc"))));
  EXPECT_THAT(ErrorOf(short_base64), AllOf(HasSubstr("line 1"), Not(HasSubstr(short_base64))));
  EXPECT_THAT(ErrorOf(not_base64), AllOf(HasSubstr("line 1"), Not(HasSubstr("ccc"))));
  EXPECT_THAT(ErrorOf("correct horse battery staple"), Not(HasSubstr("horse")));
}

TEST(EncryptionKeys, ThatAreMissingRepeatedOrTooManyAreRefused) {
  EXPECT_THAT(ErrorOf("# nothing\n"), HasSubstr("no key"));
  EXPECT_THAT(ErrorOf(kHexA + "\n" + kHexB + "\n" + kHexA), HasSubstr("line 3"));
  std::string many;
  for (std::size_t i = 0; i <= kEncryptionKeysMax; ++i) {
    many += absl::BytesToHexString(std::string(32, static_cast<char>(i))) + "\n";
  }
  EXPECT_THAT(ErrorOf(many), HasSubstr("line 17"));
}

TEST(TokenCipher, DecryptsWhatItEncrypted) {
  const TokenCipher cipher = CipherOf(kHexA);
  for (const std::string& plain : {std::string(), std::string("token"), std::string(100'000, 'x')}) {
    const auto encrypted = cipher.Encrypt(Secret(plain), "shop/1");
    ASSERT_TRUE(encrypted.ok()) << encrypted.status();
    EXPECT_EQ(encrypted->size(), plain.size() + TokenCipher::kOverheadBytes);
    const auto opened = cipher.Open(*encrypted, "shop/1");
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->Reveal(), plain);
  }
}

TEST(TokenCipher, RevealsNothingAndNeverEncryptsTheSameWay) {
  const TokenCipher cipher = CipherOf(kHexA);
  const Secret plain(std::string("canary-canary-canary"));
  const std::string one = *cipher.Encrypt(plain, "shop/1");
  const std::string two = *cipher.Encrypt(plain, "shop/1");
  EXPECT_THAT(one, Not(HasSubstr("canary")));
  const std::size_t nonce_at = 1 + kEncryptionKeyIdBytes;
  EXPECT_NE(one.substr(nonce_at, 12), two.substr(nonce_at, 12));
  EXPECT_NE(one.substr(nonce_at + 12), two.substr(nonce_at + 12));
}

TEST(TokenCipher, RefusesATextWithAnyByteChanged) {
  const TokenCipher cipher = CipherOf(kHexA);
  const std::string encrypted = *cipher.Encrypt(Secret(std::string("a token")), "shop/1");
  for (std::size_t i = 0; i < encrypted.size(); ++i) {
    std::string changed = encrypted;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const bool in_key_id = i >= 1 && i < 1 + kEncryptionKeyIdBytes;
    EXPECT_EQ(cipher.Open(changed, "shop/1").status().code(),
              in_key_id ? absl::StatusCode::kNotFound : absl::StatusCode::kDataLoss)
        << "byte " << i;
  }
}

TEST(TokenCipher, RefusesATextOfAnyOtherLength) {
  const TokenCipher cipher = CipherOf(kHexA);
  const std::string encrypted = *cipher.Encrypt(Secret(std::string("a token")), "shop/1");
  for (std::size_t length = 0; length < encrypted.size(); ++length) {
    EXPECT_EQ(cipher.Open(encrypted.substr(0, length), "shop/1").status().code(),
              absl::StatusCode::kDataLoss);
  }
  EXPECT_EQ(cipher.Open(encrypted + "x", "shop/1").status().code(), absl::StatusCode::kDataLoss);
}

TEST(TokenCipher, RefusesATextFromAnotherRecord) {
  const TokenCipher cipher = CipherOf(kHexA);
  const std::string encrypted = *cipher.Encrypt(Secret(std::string("a token")), "shop/1");
  EXPECT_EQ(cipher.Open(encrypted, "shop/2").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(cipher.Open(encrypted, "").status().code(), absl::StatusCode::kDataLoss);
}

TEST(TokenCipher, RefusesAPlainText) {
  const std::string plain = R"({"access_token": "canary", "refresh_token": "canary-canary-canary"})";
  const absl::Status refused = CipherOf(kHexA).Open(plain, "shop/1").status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(refused.message()), Not(HasSubstr("canary")));
}

TEST(TokenCipher, DecryptsWithAnOlderKeyAndAsksForReencryption) {
  const TokenCipher before = CipherOf(kHexA);
  const TokenCipher after = CipherOf(kHexB + "\n" + kHexA);
  const std::string old = *before.Encrypt(Secret(std::string("a token")), "shop/1");
  EXPECT_TRUE(before.EncryptedUnderFirstKey(old));
  EXPECT_FALSE(after.EncryptedUnderFirstKey(old));
  const auto opened = after.Open(old, "shop/1");
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->Reveal(), "a token");
  EXPECT_TRUE(after.EncryptedUnderFirstKey(*after.Encrypt(*opened, "shop/1")));
}

TEST(TokenCipher, NamesTheKeyThatIsMissingByItsId) {
  const std::string encrypted = *CipherOf(kHexA).Encrypt(Secret(std::string("a token")), "shop/1");
  const absl::Status missing = CipherOf(kHexB).Open(encrypted, "shop/1").status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), HasSubstr(absl::BytesToHexString(Parse(kHexA)->front().id)));
}

// Stored texts must stay readable: a text encrypted in this format opens in every later version. This one was
// made with another implementation of AES-GCM and the nonce 0 to 11.
TEST(TokenCipher, OpensATextOfTheFirstFormat) {
  const Secret encrypted = secrets::FromHex(
      "01cd429d4f61351d98000102030405060708090a0b"
      "fbf8a49b9fe99f30f4a310bc165e8931f3ac9e36d530da");
  const auto opened = CipherOf(kHexA).Open(encrypted.Reveal(), "shop/1");
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->Reveal(), "a token");
}

}  // namespace
}  // namespace firstmile::tokens

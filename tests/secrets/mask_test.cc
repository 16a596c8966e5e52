// Repeated secrets are found in every encoding in which software repeats its input.
#include "secrets/mask.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace firstmile::secrets {
namespace {

constexpr char kToken[] = "canary+token/0123456789abcdef=Z";

Mask MaskOf(const std::string& secret) {
  Mask mask;
  mask.Add(Secret(secret));
  return mask;
}

std::string Masked(const std::string& text, const std::string& secret = kToken) {
  std::string masked = text;
  MaskOf(secret).Apply(&masked);
  return masked;
}

TEST(Mask, LeavesWhatIsNoSecretAndKeepsTheLength) {
  EXPECT_EQ(Masked("nothing of it: canary+token/0123456789abcdef=Y 100% \\u00e9 &amp;"),
            "nothing of it: canary+token/0123456789abcdef=Y 100% \\u00e9 &amp;");
  EXPECT_EQ(Masked(absl::StrCat("<", kToken, "|", kToken, ">")),
            absl::StrCat("<", std::string(31, '*'), "|", std::string(31, '*'), ">"));
}

TEST(Mask, LeavesSecretsThatAreTooShort) {
  EXPECT_EQ(Masked("a short word", "short"), "a short word");
}

TEST(Mask, FindsASecretThatBeginsWithAZero) {
  const std::string secret("\0secret99", 9);
  EXPECT_EQ(Masked("nothing of it", secret), "nothing of it");
  EXPECT_EQ(Masked("here: " + secret, secret), "here: *********");
}

TEST(Mask, FindsHexadecimal) {
  const std::string hex = absl::BytesToHexString(kToken);
  EXPECT_EQ(Masked(absl::StrCat("x", hex, "y")), absl::StrCat("x", std::string(62, '*'), "y"));
  EXPECT_EQ(Masked(absl::AsciiStrToUpper(hex)), std::string(62, '*'));
}

TEST(Mask, FindsBase64AnywhereInALongerText) {
  for (std::size_t before = 0; before < 7; ++before) {
    for (std::size_t after = 0; after < 4; ++after) {
      const std::string plain = absl::StrCat(std::string(before, 'q'), kToken, std::string(after, 'r'));
      for (const std::string& encoded : {absl::Base64Escape(plain), absl::WebSafeBase64Escape(plain)}) {
        const std::string masked = Masked(absl::StrCat("{", encoded, "}"));
        EXPECT_EQ(masked.size(), encoded.size() + 2);
        const std::size_t stars = static_cast<std::size_t>(std::count(masked.begin(), masked.end(), '*'));
        EXPECT_GE(stars, (sizeof(kToken) - 1) * 8 / 6) << masked;
        EXPECT_EQ(masked.front(), '{');
        EXPECT_EQ(masked.back(), '}');
      }
    }
  }
}

TEST(Mask, FindsEachOfManySecretsInEachFormWhereverItStands) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> byte(0, 255);
  for (int round = 0; round < 50; ++round) {
    Mask mask;
    std::vector<std::string> secrets;
    for (std::size_t size = Mask::kSecretBytesMin; size < 40; size += 5) {
      std::string secret(size, ' ');
      for (char& c : secret) c = static_cast<char>(byte(random));
      mask.Add(Secret(secret));
      secrets.push_back(secret);
    }
    for (const std::string& secret : secrets) {
      const std::string hex = absl::BytesToHexString(secret);
      for (const std::string& form : {secret, hex, absl::AsciiStrToUpper(hex), absl::Base64Escape(secret),
                                      absl::WebSafeBase64Escape(secret), absl::Base64Escape("y" + secret),
                                      absl::WebSafeBase64Escape("yz" + secret)}) {
        for (const std::size_t before : {0U, 1U, 7U, 8U, 500U}) {
          std::string text = absl::StrCat(std::string(before, '#'), form, std::string(before, '#'));
          EXPECT_TRUE(mask.MayBeIn(text));
          EXPECT_TRUE(mask.Apply(&text));
        }
      }
    }
  }
}

TEST(Mask, FindsWhatStandsBehindEscapes) {
  for (const char* format : {"%%%02x", "%%%02X", "\\u%04x", "\\u%04X", "\\x%02x", "&#x%x;", "%%25%02x",
                             "%%2525%02X", "\\\\u%04x", "\\u0025%02x", "%%5Cu%04x", "&amp;#x%x;"}) {
    std::string encoded;
    for (const char c : std::string(kToken)) {
      std::array<char, 32> one;
      // The format is one of the constants above.
      const int size = std::snprintf(one.data(), one.size(), format, static_cast<unsigned>(c));
      encoded.append(one.data(), static_cast<std::size_t>(size));
    }
    EXPECT_EQ(Masked(absl::StrCat("(", encoded, ")")),
              absl::StrCat("(", std::string(encoded.size(), '*'), ")"))
        << format;
  }
}

TEST(Mask, FindsASecretWithSlashesInsideOfJsonInsideOfJson) {
  EXPECT_FALSE(absl::StrContains(Masked(R"({\"token\":\"canary+token\/0123456789abcdef=Z\"})"), "canary"));
  EXPECT_FALSE(
      absl::StrContains(Masked(R"({\\\"token\\\":\\\"canary+token\\\/0123456789abcdef=Z\\\"})"), "canary"));
}

TEST(Mask, FindsBase64AndHexBehindEscapes) {
  const std::string encoded = absl::StrCat(absl::Base64Escape(kToken));
  std::string escaped;
  for (const char c : encoded)
    absl::StrAppend(&escaped, c == '+' || c == '/' || c == '='
                                  ? absl::StrFormat("%%%02X", static_cast<unsigned char>(c))
                                  : std::string(1, c));
  const std::string masked = Masked(escaped);
  EXPECT_FALSE(absl::StrContains(masked, encoded.substr(4, 8))) << masked;
}

TEST(Mask, KnowsSeveralSecrets) {
  Mask mask;
  mask.Add(Secret(std::string("first-secret")));
  mask.Add(Secret(std::string("second-secret")));
  std::string text = "first-secret and second-secret";
  EXPECT_TRUE(mask.Apply(&text));
  EXPECT_EQ(text, "************ and *************");
  EXPECT_FALSE(mask.Apply(&text));
}

TEST(Mask, ALongTextIsLookedThroughToItsEnd) {
  for (const std::size_t before : {0UL, 49'000UL, 65'520UL, 65'536UL, 200'000UL}) {
    const std::string text = absl::StrCat(std::string(before, 'x'), "\\u0063", std::string(kToken).substr(1),
                                          std::string(70'000, 'y'));
    EXPECT_FALSE(absl::StrContains(Masked(text), "token")) << before;
  }
}

TEST(Mask, FindsALongEscapedTokenWhereverItStandsInALongText) {
  const std::string token(4096, 't');
  std::string escaped;
  for (const char c : token) absl::StrAppendFormat(&escaped, "%%25%02x", c);
  for (std::size_t before = 0; before < 3'000'000; before += 197'000) {
    std::string text = absl::StrCat(std::string(before, 'x'), escaped, std::string(100'000, 'y'));
    MaskOf(token).Apply(&text);
    EXPECT_EQ(std::count(text.begin(), text.end(), '*'), static_cast<std::ptrdiff_t>(escaped.size()))
        << before;
  }
}

// A random mixture: each byte of the secret verbatim or with its own escape.
TEST(Mask, FindsEveryMixtureOfEscapes) {
  std::mt19937 random(20261128);
  const auto draw = [&random](std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
  };
  constexpr absl::string_view kAlphabet =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=-_.~";
  for (int round = 0; round < 2000; ++round) {
    std::string secret;
    for (std::size_t i = 0, size = 8 + draw(60); i < size; ++i)
      secret.push_back(kAlphabet[draw(kAlphabet.size())]);
    std::string echo;
    for (const char c : secret) {
      const auto byte = static_cast<unsigned char>(c);
      const std::string forms[] = {std::string(1, c),
                                   std::string(1, c),
                                   absl::StrFormat("\\u%04x", byte),
                                   absl::StrFormat("%%%02X", byte),
                                   absl::StrFormat("%%25%02x", byte),
                                   absl::StrFormat("&#%d;", byte),
                                   absl::StrFormat("\\\\u%04X", byte)};
      absl::StrAppend(&echo, forms[draw(std::size(forms))]);
    }
    const std::string masked = Masked(absl::StrCat("before ", echo, " after"), secret);
    EXPECT_EQ(masked, absl::StrCat("before ", std::string(echo.size(), '*'), " after"))
        << secret << " as " << echo;
  }
}

// For any text, masking ends, keeps the size, and changes bytes only to asterisks.
TEST(Mask, StandsAnyBytes) {
  std::mt19937 random(7);
  constexpr absl::string_view kBytes = "\\u%&#x;0019aAfF\"/\x80\xC3\xA9 \n";
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 80; ++i) text.push_back(kBytes[random() % kBytes.size()]);
    const std::string masked = Masked(text, "0019aAfF");
    ASSERT_EQ(masked.size(), text.size());
    for (std::size_t i = 0; i < text.size(); ++i) EXPECT_TRUE(masked[i] == text[i] || masked[i] == '*');
  }
}

}  // namespace
}  // namespace firstmile::secrets

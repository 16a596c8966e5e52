#include "secrets/hex.h"

#include <gtest/gtest.h>

#include <string>

namespace firstmile::secrets {
namespace {

TEST(Hex, ReadsDigitsOfEitherCase) {
  EXPECT_EQ(FromHex("0123456789abcdef").Reveal(), "\x01\x23\x45\x67\x89\xab\xcd\xef");
  EXPECT_EQ(FromHex("ABCDEFabcdef").Reveal(), "\xab\xcd\xef\xab\xcd\xef");
  EXPECT_EQ(FromHex("00ff").Reveal(), std::string("\0\xff", 2));
}

TEST(Hex, WhatIsNoHexIsEmpty) {
  for (const char* text :
       {"", "a", "abc", "0g", "g0", " 00", "00 ", "0x", "-1", "+1", "/0", ":0", "@0", "`0", "\xc3\xa9"}) {
    EXPECT_TRUE(FromHex(text).empty()) << text;
  }
  EXPECT_TRUE(FromHex(absl::string_view("0\0", 2)).empty());
}

}  // namespace
}  // namespace firstmile::secrets

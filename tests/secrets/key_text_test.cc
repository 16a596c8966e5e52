// Keys as editors, shells and dotenv files write them.
#include "secrets/key_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace firstmile::secrets {
namespace {

constexpr char kKey[] = "57615053704d6470644f554a78656d50484143644964436a5568777544524579";

std::string Utf16(absl::string_view text, bool low_first) {
  std::string bytes;
  for (const char c : text) bytes += low_first ? std::string{c, '\0'} : std::string{'\0', c};
  return bytes;
}

struct Case {
  std::string text;
  std::string oddities;  // as in the warning
};

TEST(KeyTextTest, ReadsTheKeyRightAndNamesWhatWasAroundIt) {
  const std::string key = kKey;
  const std::vector<Case> cases = {
      {"\"" + key + "\"", "quotes around it"},
      {"'" + key + "'\n", "quotes around it"},
      {"`" + key + "`", "quotes around it"},
      {"\xE2\x80\x9C" + key + "\xE2\x80\x9D", "quotes around it"},
      {"\"" + key, "quotes around it"},
      {"\xEF\xBB\xBF" + key + "\r\n", "a byte-order mark"},
      {"\xFF\xFE" + Utf16(key + "\r\n", true), "UTF-16 in place of plain text"},
      {"\xFE\xFF" + Utf16(key, false), "UTF-16 in place of plain text"},
      {Utf16(key, true), "UTF-16 in place of plain text"},
      {Utf16(key, false), "UTF-16 in place of plain text"},
      {"PARTNER_KEY=" + key, "a NAME= before it"},
      {"export FIRSTMILE_PARTNER_KEY = \"" + key + "\"", "a NAME= before it, quotes around it"},
      {"\"PARTNER_KEY=" + key + "\"", "quotes around it, a NAME= before it"},
      {"\xEF\xBB\xBF# of the console\nPARTNER_KEY='" + key + "'\n",
       "a byte-order mark, several lines, a NAME= before it, quotes around it"},
      {"PARTNER_ID=2001887\nPARTNER_KEY=" + key + "\nSHOP=1\n", "several lines, a NAME= before it"},
      {"[shopee]\npartner_id=2001887\npartner_key=" + key + "\n", "several lines, a NAME= before it"},
      {"shopee:\n  partner_key: \"" + key + "\"\n", "several lines, a NAME= before it, quotes around it"},
      {"PARTNER_KEY: " + key, "a NAME= before it"},
      {"PARTNER_KEY_OLD=zzz\nPARTNER_KEY=" + key + "\n", "several lines, a NAME= before it"},
      {"SHOPEE_PARTNER_ID=1\nSHOPEE_KEY=" + key, "several lines, a NAME= before it"},
      {"\xFF\xFE\xFF\xFE" + Utf16(key, true),
       "UTF-16 in place of plain text, invisible characters at its ends"},
      {"PARTNER_KEY=" + key + " # live", "a comment behind it, a NAME= before it"},
      {"PARTNER_KEY=\"" + key + "\"\t# live=1", "a comment behind it, a NAME= before it, quotes around it"},
      {key + " # live", "a comment behind it"},
      {"set PARTNER_KEY=" + key + "\r\n", "a NAME= before it"},
      {"SET\tPARTNER_KEY=" + key, "a NAME= before it"},
      {"$env:PARTNER_KEY = '" + key + "'", "a NAME= before it, quotes around it"},
      {"export\tPARTNER_KEY=\"" + key + "\";", "a NAME= before it, punctuation behind it, quotes around it"},
      {"\"" + key + "\",", "punctuation behind it, quotes around it"},
      {"\xC2\xA0" + key + "\xE2\x80\x8B", "invisible characters at its ends"},
      {"\xFF\xFE" + Utf16("PARTNER_KEY=\"" + key + "\"", true),
       "UTF-16 in place of plain text, a NAME= before it, quotes around it"}};
  for (const Case& each : cases) {
    const KeyText read = CleanKey(Secret(std::string(each.text)));
    EXPECT_EQ(read.key.Reveal(), kKey) << each.oddities;
    EXPECT_EQ(read.oddities, each.oddities);
    EXPECT_FALSE(absl::StrContains(read.oddities, key)) << "no part of the key is repeated";
  }
}

TEST(KeyTextTest, AKeyAloneStaysAsItIs) {
  for (const char* key : {kKey, "shpk51677a5258705264744d6e5a74", "abc+/d==", "with'quote", "a=", "",
                          "name with blanks=x", "0A=b", "a:b", "a#b", "settings", "exported", "#", ";"}) {
    const KeyText read = CleanKey(Secret(std::string(key)));
    EXPECT_EQ(read.key.Reveal(), key);
    EXPECT_EQ(read.oddities, "") << key;
  }
}

TEST(KeyTextTest, WhereTwoLinesMayBeTheKeyBothStayAndAreNamed) {
  const KeyText read = CleanKey(Secret(std::string("A_PARTNER_KEY=1\nB_PARTNER_KEY=2")));
  EXPECT_EQ(read.oddities.substr(0, 13), "several lines");
}

TEST(KeyTextTest, ANameWithoutAKeyIsNoKey) {
  for (const char* text : {"PARTNER_KEY=", "export partner_key=\"\"", "PARTNER_KEY= # later"}) {
    EXPECT_TRUE(CleanKey(Secret(std::string(text))).key.empty()) << text;
  }
}

TEST(KeyTextTest, QuotesAroundNothingAreNoKey) {
  EXPECT_TRUE(CleanKey(Secret(std::string("\"\""))).key.empty());
}

}  // namespace
}  // namespace firstmile::secrets

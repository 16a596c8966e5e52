// Partner key files as editors and dotenv tools write them.
#include "emulator/key_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace emulator_test {
namespace {

using emulator::ParseKeyFile;
using Oddities = std::vector<std::string>;

const std::string kKey = "57615053704d6470644f554a78656d50484143644964436a5568777544524579";

std::string Wide(const std::string& text) {
  std::string bytes;
  for (const char c : text) bytes += std::string{c, '\0'};
  return bytes;
}

TEST(KeyFileTest, ReadsTheKeyAndNamesWhatWasRemovedAroundIt) {
  const std::vector<std::pair<std::string, Oddities>> cases = {
      {kKey + "\n", {}},
      {"\"" + kKey + "\"", {"quotes"}},
      {"\xEF\xBB\xBF" + kKey + "\r\n", {"a byte-order mark"}},
      {"\xFF\xFE" + Wide(kKey + "\r\n"), {"UTF-16"}},
      {Wide(kKey), {"UTF-16"}},
      {"PARTNER_KEY=" + kKey, {"a NAME= before it"}},
      {"export PARTNER_KEY='" + kKey + "'\n", {"a NAME= before it", "quotes"}},
      {"[shopee]\npartner_id=1\npartner_key = " + kKey + "\n", {"several lines", "a NAME= before it"}},
      {"shopee:\n  partner_key: " + kKey + "\n", {"several lines", "a NAME= before it"}},
      {"PARTNER_KEY=\"" + kKey + "\" # live", {"a comment", "a NAME= before it", "quotes"}},
      {"PARTNER_KEY_OLD=zzz\nPARTNER_KEY=" + kKey + "\n", {"several lines", "a NAME= before it"}},
      {"set PARTNER_KEY=" + kKey + "\r\n", {"a NAME= before it"}},
      {"$env:PARTNER_KEY=\"" + kKey + "\";", {"punctuation behind it", "a NAME= before it", "quotes"}},
      {"# key\nPARTNER_ID=1\nPARTNER_KEY=" + kKey + "\n", {"several lines", "a NAME= before it"}}};
  for (const auto& [bytes, removed] : cases) {
    const emulator::KeyFile read = ParseKeyFile(bytes);
    EXPECT_EQ(read.key, kKey);
    EXPECT_EQ(read.removed, removed);
  }
}

TEST(KeyFileTest, AFileWithoutAKeyIsRefused) {
  const std::string path = testing::TempDir() + "/no_key";
  std::ofstream(path) << "\"\"\n";
  EXPECT_FALSE(emulator::ReadKeyFile(path).has_value());
  EXPECT_FALSE(emulator::ReadKeyFile(path + ".missing").has_value());
}

}  // namespace
}  // namespace emulator_test

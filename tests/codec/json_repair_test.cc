#include "codec/json_repair.h"

#include <gtest/gtest.h>

namespace firstmile::codec {
namespace {

TEST(RepairJson, LeavesAGoodTextAlone) {
  EXPECT_EQ(RepairJson(R"({"a":[1,-2.5,true,null,"\u4e2d\ud83d\udce6 \\ \" 中"]})"), std::nullopt);
}

TEST(RepairJson, ReplacesLoneSurrogates) {
  EXPECT_EQ(RepairJson(R"("\ud83d")"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(RepairJson(R"("\uDCE6x")"), "\"\xEF\xBF\xBDx\"");
  EXPECT_EQ(RepairJson(R"("\ud83d\u0041")"), "\"\xEF\xBF\xBD\\u0041\"");
}

TEST(RepairJson, EscapesControlCharactersInsideTexts) {
  EXPECT_EQ(RepairJson("{\n\"a\":\"x\ty\"}"), "{\n\"a\":\"x\\u0009y\"}");
}

TEST(RepairJson, TurnsNumbersBeyond64BitsIntoTexts) {
  EXPECT_EQ(RepairJson(R"({"a":123456789012345678901234,"b":5})"),
            R"({"a":"123456789012345678901234","b":5})");
  EXPECT_EQ(RepairJson(R"([1e999])"), R"(["1e999"])");
}

TEST(RepairJson, LeavesDigitsInsideTextsAlone) {
  EXPECT_EQ(RepairJson(R"({"a":"123456789012345678901234"})"), std::nullopt);
}

TEST(RepairJson, SurvivesATextThatIsCutShort) {
  EXPECT_EQ(RepairJson("\"\\"), std::nullopt);
  EXPECT_EQ(RepairJson("\"\\ud83"), std::nullopt);
  EXPECT_EQ(RepairJson("\"\xE4"), "\"\xEF\xBF\xBD");
}

}  // namespace
}  // namespace firstmile::codec

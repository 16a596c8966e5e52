#include "codec/json_repair.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <string>

#include "codec/answer.h"

namespace firstmile::codec {
namespace {

TEST(RepairJson, DoesNotChangeAValidText) {
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

TEST(RepairJson, LeavesOverlongNumbersToTheParser) {
  EXPECT_NE(RepairJson("[" + std::string(400, '9') + "]"), std::nullopt);
  EXPECT_EQ(RepairJson("[" + std::string(401, '9') + "]"), std::nullopt);
}

TEST(RepairJson, DoesNotChangeDigitsInsideTexts) {
  EXPECT_EQ(RepairJson(R"({"a":"123456789012345678901234"})"), std::nullopt);
}

TEST(RepairJson, SurvivesATextThatIsCutShort) {
  EXPECT_EQ(RepairJson("\"\\"), std::nullopt);
  EXPECT_EQ(RepairJson("\"\\ud83"), std::nullopt);
  EXPECT_EQ(RepairJson("\"\xE4"), "\"\xEF\xBF\xBD");
}

TEST(RepairJson, GivesUpOnMoreFaultsThanItMends) {
  const std::string faults(kRepairsMax, '\x01');
  EXPECT_EQ(RepairJson('"' + faults + '"')->size(), 6 * kRepairsMax + 2);
  EXPECT_EQ(RepairJson('"' + faults + "\x01\""), std::nullopt);
}

// CPU time of this thread; the shortest of several runs, since other load only adds.
double SecondsToRepair(const std::string& body) {
  double shortest = 1e9;
  for (int run = 0; run < 5; ++run) {
    const std::clock_t start = std::clock();
    RepairJson(body);
    shortest = std::min(shortest, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return shortest;
}

// A body of about `bytes`: `start`, then `unit` repeated.
std::string Repeated(const std::string& start, const std::string& unit, std::size_t bytes) {
  std::string body = start;
  while (body.size() < bytes) body += unit;
  return body;
}

struct HostileBody {
  const char* name;
  std::string start;
  std::string unit;
};

class HostileBodies : public ::testing::TestWithParam<HostileBody> {};

TEST_P(HostileBodies, AreMendedInTimeInProportionToTheirLength) {
  const std::size_t size = std::size_t{1} << 20;
  const double once = SecondsToRepair(Repeated(GetParam().start, GetParam().unit, size));
  const double four_times = SecondsToRepair(Repeated(GetParam().start, GetParam().unit, 4 * size));
  EXPECT_LT(four_times, 10 * once + 0.001) << once << " s for 1 MiB, " << four_times << " s for 4 MiB";
}

TEST_P(HostileBodies, EndWithAnAnswerOrAReason) {
  const Answer answer =
      ReadLargeAnswer(Repeated(GetParam().start, GetParam().unit, kJsonBytesMax), kJsonBytesMax);
  EXPECT_NE(answer.is_json, !answer.parse_error.empty() && !answer.is_envelope) << answer.parse_error;
  const Answer closed =
      ReadLargeAnswer(Repeated(GetParam().start, GetParam().unit, 1 << 20) + "\"}", kJsonBytesMax);
  EXPECT_TRUE(closed.is_json || !closed.parse_error.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Every, HostileBodies,
    ::testing::Values(
        HostileBody{"Backslashes", "{\"error\":\"", "\\"}, HostileBody{"Commas", "{\"error\":", ","},
        HostileBody{"Nulls", "{\"error\":\"", "\\u0000"}, HostileBody{"Controls", "{\"error\":\"", "\x01"},
        HostileBody{"NotUtf8", "{\"error\":\"", "\xFF"},
        HostileBody{"LoneSurrogates", "{\"error\":\"", "\\ud83d"}, HostileBody{"Digits", "{\"error\":", "9"},
        HostileBody{"Exponents", "{\"error\":[1", ",1e9"}, HostileBody{"Quotes", "{\"error\":", "\""},
        HostileBody{"Depth", "{\"error\":", "[{\"a\":"},
        HostileBody{"DuplicateKeys", "{\"error\":\"\"", ",\"error\":\"\""}, HostileBody{"Spaces", "{", " "},
        HostileBody{"Minuses", "{\"error\":", "-"}, HostileBody{"Plain", "{\"error\":\"", "x"}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace firstmile::codec

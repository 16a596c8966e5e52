#include "codec/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "text/clean_text.h"

namespace firstmile::codec {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Answer ReadEnvelope(const std::string& body) {
  AnswerReader reader;
  Answer answer = reader.Read(body);
  answer.document = nullptr;  // freed with the reader
  return answer;
}

TEST(AnswerReader, ReadsTheEnvelope) {
  const Answer answer = ReadEnvelope(R"({"request_id":"r","error":"e","message":" m\t","response":{}})");
  EXPECT_TRUE(answer.is_json);
  EXPECT_EQ(answer.request_id, "r");
  EXPECT_EQ(answer.error, "e");
  EXPECT_EQ(answer.message, "m");
  EXPECT_THAT(answer.parse_error, IsEmpty());
}

TEST(AnswerReader, TakesPlaceholdersForNoError) {
  for (const char* none : {R"("")", R"("-")", "null", "0", "false", R"(" ")"}) {
    const Answer answer =
        ReadEnvelope(std::string(R"({"error":)") + none + R"(,"message":"-","request_id":null})");
    EXPECT_TRUE(answer.is_json);
    EXPECT_EQ(answer.error, "") << none;
    EXPECT_EQ(answer.message, "") << none;
  }
}

TEST(AnswerReader, ReadsMsgOfEarlyGatewayErrors) {
  EXPECT_EQ(ReadEnvelope(R"({"msg":"has no link.","error":"error_param"})").message, "has no link.");
  EXPECT_EQ(ReadEnvelope(R"({"msg":"short","message":"long"})").message, "long");
}

TEST(AnswerReader, ReadsAMisspeltMessage) {
  EXPECT_EQ(ReadEnvelope(R"({"mesage":"parameter invalid","error":"error_param"})").message,
            "parameter invalid");
}

TEST(AnswerReader, ReadsWarningsThatAreAListOfObjects) {
  const Answer answer = ReadEnvelope(
      R"({"warning":[{"order_sn":"A","package_number":"-"},{"order_sn":"B","code": 5},null,{}]})");
  ASSERT_THAT(answer.warnings, SizeIs(2));
  EXPECT_EQ(answer.warnings[0].order_sn(), "A");
  EXPECT_EQ(answer.warnings[0].package_number(), "");
  EXPECT_EQ(answer.warnings[0].text(), "");
  EXPECT_EQ(answer.warnings[1].order_sn(), "B");
  EXPECT_EQ(answer.warnings[1].text(), R"({"order_sn":"B","code":5})");
}

TEST(AnswerReader, ReadsWarningsAboutBookings) {
  const Answer answer = ReadEnvelope(R"({"error":"","warning":[{"booking_sn":"B"}]})");
  ASSERT_EQ(answer.warnings.size(), 1U);
  EXPECT_EQ(answer.warnings[0].booking_sn(), "B");
  EXPECT_EQ(answer.warnings[0].text(), "");
}

TEST(AnswerReader, ReadsWarningsThatAreAListOfTexts) {
  const Answer answer = ReadEnvelope(R"({"warning":["one","","two"]})");
  ASSERT_THAT(answer.warnings, SizeIs(2));
  EXPECT_EQ(answer.warnings[1].text(), "two");
}

TEST(AnswerReader, ReadsAWarningThatIsOneText) {
  const Answer answer = ReadEnvelope(R"({"warning":"careful"})");
  ASSERT_THAT(answer.warnings, SizeIs(1));
  EXPECT_EQ(answer.warnings[0].text(), "careful");
}

TEST(AnswerReader, TakesEmptyWarningsForNone) {
  for (const char* none : {"null", R"("")", "[]", "{}", R"("-")"}) {
    EXPECT_THAT(ReadEnvelope(std::string(R"({"warning":)") + none + "}").warnings, IsEmpty()) << none;
  }
}

TEST(AnswerReader, RefusesWhatIsNoJsonObject) {
  const std::string bodies[] = {"",      "  ",  "<html>502</html>", "%PDF-1.7\n\x80\x81", "[1]", "\"text\"",
                                "null",  "17",  R"({"error":"")",   R"({"a":1}})",        "{",   R"({"a":})",
                                "{a:1}", "\xFF"};
  for (const std::string& body : bodies) {
    const Answer answer = ReadEnvelope(body);
    EXPECT_FALSE(answer.is_json) << body;
    EXPECT_NE(answer.parse_error, "") << body;
    EXPECT_EQ(answer.document, nullptr) << body;
  }
}

TEST(AnswerReader, AcceptsAByteOrderMarkAndSpace) {
  EXPECT_EQ(ReadEnvelope("\xEF\xBB\xBF \n{\"error\":\"e\"}").error, "e");
}

TEST(AnswerReader, KeepsTheLastOfDuplicateMembers) {
  EXPECT_EQ(ReadEnvelope(R"({"error":"first","error":"second"})").error, "second");
}

TEST(AnswerReader, ReadsNestingUpToItsLimitAndRefusesMore) {
  const auto nested = [](std::size_t depth) {
    return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(ReadEnvelope(nested(100)).is_json);
  EXPECT_FALSE(ReadEnvelope(nested(200)).is_json);
  EXPECT_FALSE(ReadEnvelope(nested(1'000'000)).is_json);
}

TEST(AnswerReader, MendsBytesThatAreNotUtf8) {
  const Answer answer = ReadEnvelope("{\"message\":\"cut \xE4\xB8\",\"error\":\"e\"}");
  EXPECT_TRUE(answer.is_json);
  EXPECT_EQ(answer.message, "cut \xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(AnswerReader, ReadsOnAfterABodyThatFailed) {
  AnswerReader reader;
  EXPECT_FALSE(reader.Read("{broken").is_json);
  EXPECT_EQ(reader.Read(R"({"error":"e"})").error, "e");
}

TEST(AnswerReader, SurvivesMegabytesOfGarbage) {
  std::mt19937 random(1);
  std::string garbage(kJsonBytesMax, '\0');
  for (char& c : garbage) c = static_cast<char>(random());
  garbage.front() = '{';
  EXPECT_FALSE(ReadEnvelope(garbage).is_json);
}

TEST(AnswerReader, CutsTheTextsOfTheEnvelopeBetweenCharactersAndMarksTheCut) {
  std::string long_text;
  while (long_text.size() < 100'000) long_text += "\xE4\xB8\xAD";
  const Answer answer = ReadEnvelope(absl::StrCat(
      R"({"error":")", long_text, R"(","message":")", long_text, R"(","request_id":")", long_text,
      R"(","warning":[{"order_sn":")", long_text, R"(","x":")", long_text, R"("}]})"));
  ASSERT_THAT(answer.warnings, SizeIs(1));
  for (const auto& [text, limit] : std::vector<std::pair<std::string, std::size_t>>{
           {answer.error, kVendorCodeBytesMax},
           {answer.request_id, kRequestIdBytesMax},
           {answer.message, kVendorMessageBytesMax},
           {answer.warnings[0].order_sn(), kVendorCodeBytesMax},
           {answer.warnings[0].text(), kVendorMessageBytesMax}}) {
    EXPECT_LE(text.size(), limit);
    EXPECT_GT(text.size(), limit - 6);
    EXPECT_TRUE(absl::EndsWith(text, "\xE2\x80\xA6"));
    EXPECT_EQ(text::CleanText(text, limit), text) << "no half of a character";
  }
}

TEST(AnswerReader, ReadsNoMoreWarningsThanOrders) {
  std::string list = "\"w\"";
  for (int i = 0; i < 5000; ++i) list += ",\"w\"";
  EXPECT_THAT(ReadEnvelope(absl::StrCat(R"({"error":"","warning":[)", list, "]}")).warnings,
              SizeIs(kWarningsMax));
}

TEST(AnswerReader, ALargeBodyTakesItsMemoryWithItsAnswer) {
  AnswerReader reader;
  const std::string large = R"({"message":")" + std::string(1 << 20, 'x') + R"("})";
  std::weak_ptr<const JsonDocument> memory;
  {
    const Answer answer = reader.Read(large);
    ASSERT_TRUE(answer.is_json);
    EXPECT_THAT(answer.message, SizeIs(kVendorMessageBytesMax));
    memory = answer.large_document;
    EXPECT_FALSE(memory.expired());
  }
  EXPECT_TRUE(memory.expired());
  const Answer small = reader.Read("{}");
  EXPECT_EQ(small.large_document, nullptr);
}

TEST(AnswerReader, SaysWhyABodyCannotBeRead) {
  EXPECT_EQ(ReadEnvelope("").parse_error, "the body is empty");
  EXPECT_EQ(ReadEnvelope("<html>").parse_error, "the body is not a JSON object (a page of a proxy?)");
  EXPECT_EQ(ReadEnvelope(R"({"a":[1,2)").parse_error, "the JSON is malformed or cut short (9 bytes)");
  EXPECT_EQ(ReadEnvelope(R"({"a":"x})").parse_error, "a text of the JSON does not end (8 bytes)");
  EXPECT_EQ(ReadEnvelope(R"({"a":"\q"})").parse_error,
            "a text of the JSON has a malformed escape (10 bytes)");
  EXPECT_EQ(ReadEnvelope(R"({"a":1.2.3})").parse_error, "a number of the JSON is malformed (11 bytes)");
  EXPECT_EQ(ReadEnvelope(std::string("\xFF\xFE{\0}\0", 6)).parse_error, "the body is UTF-16; JSON is UTF-8");
  EXPECT_EQ(ReadEnvelope(std::string("{\0\"\0", 4)).parse_error, "the body is UTF-16; JSON is UTF-8");
  EXPECT_EQ(ReadEnvelope(R"({"a":)" + std::string(200, '[') + std::string(200, ']') + "}").parse_error,
            "the JSON is nested deeper than 128 levels (406 bytes)");
}

TEST(AnswerReader, ShowsTheFirstWordsOfABodyThatIsNoEnvelope) {
  const Answer plain = ReadEnvelope("block by gateway\r\n due to invalid cid");
  EXPECT_EQ(plain.words, "block by gateway due to invalid cid");
  EXPECT_EQ(plain.WhyUnreadable(),
            "the body is not a JSON object (a page of a proxy?); it begins with: block by gateway due to "
            "invalid cid");
  EXPECT_EQ(ReadEnvelope(R"({"detail":"no route"})").words, R"({"detail":"no route"})");
  EXPECT_THAT(ReadEnvelope(std::string(5000, 'x')).words, SizeIs(kWordsBytesMax));
  EXPECT_THAT(ReadEnvelope(R"({"error":"","response":{}})").words, IsEmpty());
  EXPECT_EQ(ReadEnvelope(R"(<div class="error">502 Bad gateway</div>)").words,
            R"(<div class="error">502 Bad gateway</div>)");
  EXPECT_EQ(ReadEnvelope("").WhyUnreadable(), "the body is empty");
  EXPECT_THAT(ReadEnvelope(R"({"request_id":"r","response":{"order_sn":"another shop's)").words, IsEmpty());
}

TEST(AnswerReader, ShowsNoSecretsAmongTheFirstWords) {
  secrets::Mask mask;
  mask.Add(secrets::Secret("canary-of-a-token"));
  AnswerReader reader;
  for (const std::string& body :
       {std::string("denied: canary-of-a-token"), std::string(190, 'x') + "canary-of-a-token",
        std::string(8190, ' ') + "canary-of-a-token",
        std::string(R"({"access_token":"canary-new","refresh_token":"canary-newer")")}) {
    EXPECT_THAT(reader.Read(body, mask).words, ::testing::Not(HasSubstr("canary"))) << body;
  }
}

TEST(AnswerReader, ShowsNoSecretsOfAnObjectInsteadOfAText) {
  const Answer answer = ReadEnvelope(
      R"({"error":{"code":502,"access_token":"canary-one"},"message":{"refresh_token":"canary-two","why":"down"},)"
      R"("warning":[{"access_token":"canary-three"}]})");
  EXPECT_THAT(answer.error, HasSubstr("502"));
  EXPECT_THAT(answer.message, HasSubstr("down"));
  ASSERT_THAT(answer.warnings, SizeIs(1));
  for (const std::string& text : {answer.error, answer.message, answer.warnings[0].text()}) {
    EXPECT_THAT(text, ::testing::Not(HasSubstr("canary")));
  }
}

TEST(AnswerReader, ReadsNothingOfABodyBeyondTheLimit) {
  AnswerReader reader(100);
  const std::string fits = R"({"error":"e","message":")" + std::string(74, 'x') + R"("})";
  EXPECT_EQ(reader.Read(fits).error, "e");
  const Answer answer = reader.Read(fits + " ");
  EXPECT_TRUE(answer.too_large);
  EXPECT_FALSE(answer.is_json);
  EXPECT_EQ(answer.error, "");
  EXPECT_EQ(answer.parse_error, "the JSON has 101 bytes; at most 100 are read");
}

TEST(AnswerReader, ReadsABoundedNumberOfWarnings) {
  std::string body = R"({"error":"","warning":["w")";
  for (int i = 0; i < 5000; ++i) body += ",\"w\"";
  EXPECT_THAT(ReadEnvelope(body + "]}").warnings, SizeIs(kWarningsMax));
}

}  // namespace
}  // namespace firstmile::codec

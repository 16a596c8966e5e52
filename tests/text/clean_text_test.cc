#include "text/clean_text.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"

namespace firstmile::text {
namespace {

TEST(Utf8SequenceLength, AcceptsEveryLength) {
  EXPECT_EQ(Utf8SequenceLength("a"), 1U);
  EXPECT_EQ(Utf8SequenceLength("\xC3\xA9"), 2U);
  EXPECT_EQ(Utf8SequenceLength("\xE4\xB8\xAD"), 3U);
  EXPECT_EQ(Utf8SequenceLength("\xF0\x9F\x93\xA6"), 4U);
}

TEST(Utf8SequenceLength, RefusesWhatUtf8Bars) {
  EXPECT_EQ(Utf8SequenceLength(""), 0U);
  EXPECT_EQ(Utf8SequenceLength("\x80"), 0U);              // no lead byte
  EXPECT_EQ(Utf8SequenceLength("\xC0\xAF"), 0U);          // overlong
  EXPECT_EQ(Utf8SequenceLength("\xE0\x80\x80"), 0U);      // overlong
  EXPECT_EQ(Utf8SequenceLength("\xED\xA0\x80"), 0U);      // a surrogate
  EXPECT_EQ(Utf8SequenceLength("\xF4\x90\x80\x80"), 0U);  // beyond Unicode
  EXPECT_EQ(Utf8SequenceLength("\xE4\xB8"), 0U);          // truncated
}

// A character of each length at every distance from the limit.
TEST(CutText, NeverCutsInsideACharacterAndMarksTheCut) {
  for (const std::string character : {"a", "\xC3\xA9", "\xE4\xB8\xAD", "\xF0\x9F\x93\xA6"}) {
    for (std::size_t before = 0; before < 8; ++before) {
      const std::string text = std::string(before, 'x') + character + character + character;
      for (std::size_t limit = 0; limit <= text.size() + 1; ++limit) {
        for (const std::string& cut : {CutText(text, limit), CleanText(text, limit)}) {
          EXPECT_LE(cut.size(), limit);
          EXPECT_EQ(CleanText(cut, 99), cut) << "no half of a character";
          if (limit >= text.size()) EXPECT_EQ(cut, text);
          if (limit < text.size() && limit >= 3) EXPECT_TRUE(absl::EndsWith(cut, kEllipsis)) << cut;
        }
      }
    }
  }
}

TEST(CutText, CutsWhatIsNotUtf8Too) {
  const std::string bytes(50, '\x80');
  EXPECT_LE(CutText(bytes, 20).size(), 20U);
  EXPECT_EQ(CleanText(bytes, 5), "??\xE2\x80\xA6");
}

TEST(CleanText, ReplacesControlCharactersAndBrokenBytes) {
  EXPECT_EQ(CleanText("a\nb\x7F\xFFz", 99), "a b ?z");
}

TEST(CleanText, KeepsFromATerminalWhatATerminalObeys) {
  EXPECT_EQ(CleanText("\x1B]0;title\x07", 99), " ]0;title ");
  EXPECT_EQ(CleanText("\xC2\x9B"
                      "31m",
                      99),
            " 31m");  // CSI as one Latin-1 character
  EXPECT_EQ(CleanText("\x9B"
                      "31m",
                      99),
            "?31m");  // and as one byte
  EXPECT_EQ(CleanText("\xE2\x80\xAE"
                      "cod.exe",
                      99),
            " cod.exe");                                         // right to left
  EXPECT_EQ(CleanText("\xE2\x81\xA6x\xE2\x81\xA9", 99), " x ");  // isolates
  EXPECT_EQ(CleanText("a\xE2\x80\xA8"
                      "b\xE2\x80\xA9",
                      99),
            "a b ");  // line, paragraph
  EXPECT_EQ(CleanText("\xEF\xBB\xBFx", 99), " x");
  EXPECT_EQ(CleanText("\xC2\xA0\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x93\xA6", 99),
            "\xC2\xA0\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x93\xA6");
}

TEST(PrintableStart, IsOneLineOfWhatCanBeRead) {
  EXPECT_EQ(PrintableStart("  block by gateway\r\n\tdue to   invalid cid\n", 99),
            "block by gateway due to invalid cid");
  EXPECT_EQ(PrintableStart("\x1B[31m<html>\xFF\xFE</html>", 99), "[31m<html> </html>");
  EXPECT_EQ(PrintableStart(std::string("\0\x01\xFF", 3), 99), "");
  EXPECT_EQ(PrintableStart("", 99), "");
}

TEST(PrintableStart, IsMarkedWhereItWasCut) {
  EXPECT_EQ(PrintableStart("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(PrintableStart("abcdefghi", 8), "abcde\xE2\x80\xA6");
  EXPECT_EQ(PrintableStart("abcdefgh   ", 8), "abcdefgh");
  EXPECT_LE(PrintableStart(std::string(5000, 'x'), 200).size(), 200U);
}

TEST(AppendUtf8, WritesWhatIsReadBack) {
  for (const std::uint32_t character : {0x0U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
    std::string text;
    AppendUtf8(character, &text);
    EXPECT_EQ(Utf8SequenceLength(text), text.size()) << character;
  }
  std::string text;
  AppendUtf8(0xD800, &text);
  AppendUtf8(0x110000, &text);
  EXPECT_EQ(text, "??");
}

}  // namespace
}  // namespace firstmile::text

#include "errors/utf8.h"

#include <gtest/gtest.h>

namespace firstmile::errors {
namespace {

TEST(Utf8SequenceLength, AcceptsEveryLength) {
  EXPECT_EQ(Utf8SequenceLength("a"), 1U);
  EXPECT_EQ(Utf8SequenceLength("\xC3\xA9"), 2U);
  EXPECT_EQ(Utf8SequenceLength("\xE4\xB8\xAD"), 3U);
  EXPECT_EQ(Utf8SequenceLength("\xF0\x9F\x93\xA6"), 4U);
}

TEST(Utf8SequenceLength, RefusesWhatUtf8Bars) {
  EXPECT_EQ(Utf8SequenceLength(""), 0U);
  EXPECT_EQ(Utf8SequenceLength("\x80"), 0U);              // no lead
  EXPECT_EQ(Utf8SequenceLength("\xC0\xAF"), 0U);          // overlong
  EXPECT_EQ(Utf8SequenceLength("\xE0\x80\x80"), 0U);      // overlong
  EXPECT_EQ(Utf8SequenceLength("\xED\xA0\x80"), 0U);      // a surrogate
  EXPECT_EQ(Utf8SequenceLength("\xF4\x90\x80\x80"), 0U);  // beyond Unicode
  EXPECT_EQ(Utf8SequenceLength("\xE4\xB8"), 0U);          // cut short
}

TEST(CleanText, NeverCutsInsideACharacter) {
  EXPECT_EQ(CleanText("ab\xE4\xB8\xAD", 4), "ab");
  EXPECT_EQ(CleanText("ab\xE4\xB8\xAD", 5), "ab\xE4\xB8\xAD");
}

TEST(CleanText, ReplacesControlCharactersAndBrokenBytes) {
  EXPECT_EQ(CleanText("a\nb\x7F\xFFz", 99), "a b ?z");
}

}  // namespace
}  // namespace firstmile::errors

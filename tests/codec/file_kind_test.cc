#include "codec/file_kind.h"

#include <gtest/gtest.h>

#include <string>

namespace firstmile::codec {
namespace {

constexpr absl::string_view kPng("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);

TEST(FileKindOf, KnowsTheFilesOfShopeeByTheirFirstBytes) {
  EXPECT_EQ(FileKindOf("%PDF-1.4\n"), FileKind::kPdf);
  EXPECT_EQ(FileKindOf("PK\x03\x04\x14"), FileKind::kZip);
  EXPECT_EQ(FileKindOf(kPng), FileKind::kPng);
  EXPECT_EQ(FileKindOf(" \r\n%PDF-1.7"), FileKind::kPdf);
  EXPECT_EQ(FileKindOf("\xEF\xBB\xBF%PDF-1.7"), FileKind::kPdf);
}

TEST(FileKindOf, TakesNeitherJsonNorAPageForAFile) {
  for (const char* body :
       {R"({"error":"error_param"})", "\xEF\xBB\xBF{\"error\":\"error_param\"}", "null", "[\"a\"]", "17",
        "\"text\"", "<html><body>Bad gateway</body></html>", "<!DOCTYPE html>",
        "\xEF\xBB\xBF<?xml version=\"1.0\"?><Error/>", "<?xml version=\"1.0\"?><html/>", "<Error/>",
        "block by gateway", "%!PS-Adobe", "PK\x05\x06", "\x1F\x8B\x08", "^XA^FO50"}) {
    EXPECT_EQ(FileKindOf(body), FileKind::kNone) << body;
  }
}

TEST(FileKindOf, WaitsForAsManyBytesAsItNeeds) {
  for (const absl::string_view whole : {absl::string_view("\xEF\xBB\xBF %PDF-"), kPng.substr(0, 8)}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      EXPECT_EQ(FileKindOf(whole.substr(0, length)), FileKind::kUndecided) << length;
    }
    EXPECT_TRUE(IsFile(FileKindOf(whole)));
  }
  EXPECT_EQ(FileKindOf(std::string(1024, ' ')), FileKind::kUndecided);
  EXPECT_EQ(FileKindOf(std::string(2000, ' ')), FileKind::kNone);
  EXPECT_FALSE(IsFile(FileKind::kUndecided));
}

TEST(MediaTypeOf, NamesEachKind) {
  EXPECT_EQ(MediaTypeOf(FileKind::kPdf), "application/pdf");
  EXPECT_EQ(MediaTypeOf(FileKind::kZip), "application/zip");
  EXPECT_EQ(MediaTypeOf(FileKind::kPng), "image/png");
  EXPECT_EQ(MediaTypeOf(FileKind::kNone), "application/octet-stream");
}

}  // namespace
}  // namespace firstmile::codec

// Every configuration on the pages of documentation is one that the sidecar takes.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "app/settings.h"
#include "support/markdown_rows.h"
#include "support/temp_file.h"

namespace firstmile::app {
namespace {

using ::firstmile::testing::ReadPage;
using ::firstmile::testing::WriteTempFile;

struct Block {
  std::string page;
  int line = 0;
  std::string text;
};

// Protobuf text is always a configuration; JSON is one when it names the upstream.
std::vector<Block> BlocksOf(const std::string& path) {
  std::vector<Block> blocks;
  std::string language;
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(ReadPage(path), '\n')) {
    ++number;
    if (absl::StartsWith(line, "```")) {
      if (language.empty() && line.size() > 3) {
        language = std::string(line.substr(3));
        blocks.push_back({path, number, ""});
      } else {
        const bool config = language == "textproto" ||
                            (language == "json" && absl::StrContains(blocks.back().text, "\"upstream\""));
        if (!language.empty() && !config) blocks.pop_back();
        language.clear();
      }
    } else if (!language.empty()) {
      absl::StrAppend(&blocks.back().text, line, "\n");
    }
  }
  return blocks;
}

std::vector<Block> AllBlocks() {
  std::vector<Block> all = BlocksOf(FIRSTMILE_DOCS_DIR "/../../README.md");
  for (const auto& entry : std::filesystem::directory_iterator(FIRSTMILE_DOCS_DIR)) {
    if (entry.path().extension() != ".md") continue;
    for (Block& block : BlocksOf(entry.path())) all.push_back(std::move(block));
  }
  return all;
}

// With key files of this test in place of those of the page, and what a part of a configuration lacks.
std::string Completed(std::string text) {
  const std::string key = WriteTempFile("page.key", std::string(64, 'a'));
  text = std::regex_replace(text, std::regex(R"(/(etc|run/secrets)/firstmiled/\w+)"), key);
  if (absl::StartsWith(text, "{")) return text;
  if (!absl::StrContains(text, "upstream {")) text += "upstream { base_url: 'https://shopee.example' }\n";
  if (!absl::StrContains(text, "partner {"))
    text += absl::StrCat("partner { partner_id: 1 partner_key_file: '", key, "' }\n");
  return text;
}

TEST(ConfigBlocks, EachIsTaken) {
  const std::vector<Block> blocks = AllBlocks();
  EXPECT_GE(blocks.size(), 4U);
  for (const Block& block : blocks) {
    const absl::StatusOr<ConfigFile> file =
        ReadConfigFile(WriteTempFile("block.config", Completed(block.text)));
    ASSERT_TRUE(file.ok()) << block.page << ":" << block.line << ": " << file.status().message();
    const absl::Status status = ResolveSettings(*file, {}).status();
    EXPECT_TRUE(status.ok()) << block.page << ":" << block.line << ": " << status.message();
  }
}

}  // namespace
}  // namespace firstmile::app

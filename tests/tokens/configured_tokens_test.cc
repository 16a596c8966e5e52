// Tokens in files that another system renews: which token a shop has after its file has changed.
#include "tokens/configured_tokens.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "secrets/secret_file.h"
#include "support/temp_folder.h"

namespace firstmile::tokens {
namespace {

using secrets::Secret;
using transport::MonotonicTime;

constexpr std::int64_t kShop = 600000;
constexpr std::int64_t kOtherShop = 600001;

class ConfiguredTokensTest : public ::testing::Test {
 protected:
  ConfiguredTokensTest() {
    Write("first");
    TokenFiles files;
    files.paths[kShop] = path_;
    files.read = [](const std::string& path) { return ReadSecretFile(path, secrets::FileAccess::kAnyone); };
    files.report = [this](std::int64_t shop_id, const std::string&, const absl::Status& status) {
      EXPECT_EQ(shop_id, kShop);
      reports_.push_back(status);
    };
    tokens_.emplace(
        absl::flat_hash_map<std::int64_t, Secret>{{kShop, Secret("first")}, {kOtherShop, Secret("fixed")}},
        std::move(files));
  }

  void Write(const std::string& text) { std::ofstream(path_) << text; }
  void ReplaceWith(const std::string& text) {
    std::ofstream(path_ + ".new") << text;
    std::filesystem::rename(path_ + ".new", path_);
  }
  std::string Check() { return std::string(tokens_->Check(kShop)->Reveal()); }
  // ctest's time limit bounds it.
  void AwaitToken(const std::string& token) {
    while (Check() != token) std::this_thread::yield();
  }

  testing::TempFolder folder_;
  const std::string path_ = folder_.File("token");
  std::vector<absl::Status> reports_;
  std::optional<ConfiguredTokens> tokens_;
};

TEST_F(ConfiguredTokensTest, AFileThatWasReplacedGivesItsTokenAtTheNextCheck) {
  EXPECT_EQ(Check(), "first");
  ReplaceWith("second");
  EXPECT_EQ(Check(), "second");
  EXPECT_EQ(tokens_->Of(kShop)->Reveal(), "second");
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_TRUE(reports_[0].ok());
}

TEST_F(ConfiguredTokensTest, AFileThatIsWrittenInPlaceGivesItsTokenOnceItIsQuiet) {
  EXPECT_EQ(Check(), "first");
  Write("sec");
  EXPECT_EQ(Check(), "first") << "it may still be written to";
  Write("second");
  EXPECT_EQ(Check(), "first");
  AwaitToken("second");
  EXPECT_EQ(reports_.size(), 1U);
}

TEST_F(ConfiguredTokensTest, AFileThatIsWrittenInPlaceIsReadAtOnceForATokenThatWasRejected) {
  EXPECT_EQ(Check(), "first");
  Write("second");
  EXPECT_EQ(tokens_->Check(kShop, ConfiguredTokens::WhenBusy::kNow)->Reveal(), "second");
}

TEST_F(ConfiguredTokensTest, AFileThatIsGoneKeepsTheTokenAndIsReportedOnce) {
  EXPECT_EQ(Check(), "first");
  std::filesystem::remove(path_);
  EXPECT_EQ(Check(), "first");
  EXPECT_EQ(Check(), "first");
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_NE(reports_[0].message().find(path_), reports_[0].message().npos) << reports_[0];
  ReplaceWith("second");
  EXPECT_EQ(Check(), "second");
  ASSERT_EQ(reports_.size(), 2U);
  EXPECT_TRUE(reports_[1].ok());
}

TEST_F(ConfiguredTokensTest, AFileThatIsEmptyForNowKeepsTheTokenAndIsReportedOnce) {
  EXPECT_EQ(Check(), "first");
  ReplaceWith("");
  EXPECT_EQ(Check(), "first");
  EXPECT_EQ(Check(), "first");
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_FALSE(reports_[0].ok());
  ReplaceWith("first");
  EXPECT_EQ(Check(), "first");
  EXPECT_EQ(reports_.size(), 2U) << "that it can be used again is worth a line, too";
}

TEST_F(ConfiguredTokensTest, OneCallASecondIsToldToCheck) {
  const MonotonicTime now{std::chrono::hours(1)};
  EXPECT_TRUE(tokens_->IsCheckDue(kShop, now));
  EXPECT_FALSE(tokens_->IsCheckDue(kShop, now));
  EXPECT_FALSE(tokens_->IsCheckDue(kShop, now + std::chrono::milliseconds(999)));
  EXPECT_TRUE(tokens_->IsCheckDue(kShop, now + std::chrono::seconds(1)));
}

TEST_F(ConfiguredTokensTest, ATokenThatIsNotInAFileIsNeverChecked) {
  EXPECT_FALSE(tokens_->IsCheckDue(kOtherShop, MonotonicTime(std::chrono::hours(1))));
  EXPECT_EQ(tokens_->Check(kOtherShop)->Reveal(), "fixed");
  EXPECT_FALSE(tokens_->Check(kOtherShop + 1).has_value());
}

TEST_F(ConfiguredTokensTest, TheOwnerOfATokenIsFoundByTheTokenOfNow) {
  ReplaceWith("second");
  EXPECT_EQ(Check(), "second");
  EXPECT_EQ(tokens_->OwnerOf("second", 0), kShop);
  EXPECT_EQ(tokens_->OwnerOf("first", 0), std::nullopt);
  EXPECT_EQ(tokens_->OwnerOf("second", kShop), std::nullopt);
  EXPECT_EQ(tokens_->OwnerOf("fixed", kShop), kOtherShop);
}

}  // namespace
}  // namespace firstmile::tokens

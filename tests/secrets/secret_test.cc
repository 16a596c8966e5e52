#include "secrets/secret.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <ostream>
#include <string>
#include <type_traits>

#include "secrets/secret_file.h"
#include "support/temp_file.h"

namespace firstmile::secrets {
namespace {

using ::firstmile::testing::WriteTempFile;

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

TEST(Secret, CannotBePrintedOrTurnedIntoText) {
  static_assert(!Printable<Secret>);
  static_assert(!std::is_convertible_v<Secret, std::string>);
  static_assert(!std::is_convertible_v<Secret, absl::string_view>);
  static_assert(!std::is_convertible_v<std::string, Secret>);
}

TEST(Secret, AMovedFromSecretHoldsNothing) {
  Secret from(std::string(8, 'x'));  // short enough to be stored inside the string
  const Secret to = std::move(from);
  EXPECT_EQ(to.Reveal(), "xxxxxxxx");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): what a move leaves is the point
}

TEST(Secret, AssignmentReplacesTheText) {
  Secret secret(std::string("first"));
  secret = Secret(std::string("second"));
  EXPECT_EQ(secret.Reveal(), "second");
}

TEST(SecretFile, IsReadWithoutSurroundingWhiteSpace) {
  const absl::StatusOr<Secret> secret = ReadSecretFile(WriteTempFile("key", "  abc\n"), FileAccess::kOwn);
  ASSERT_TRUE(secret.ok());
  EXPECT_EQ(secret->Reveal(), "abc");
}

TEST(SecretFile, ThatIsMissingEmptyOrTooLargeIsNamedWithoutItsContent) {
  EXPECT_EQ(ReadSecretFile("/nonexistent/key", FileAccess::kOwn).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadSecretFile(WriteTempFile("empty", " \n"), FileAccess::kOwn).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const std::string huge(kSecretFileBytesMax + 1, 'z');
  const absl::Status too_large = ReadSecretFile(WriteTempFile("huge", huge), FileAccess::kOwn).status();
  EXPECT_EQ(too_large.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(too_large.message().find("zzz"), absl::string_view::npos);
}

TEST(SecretFile, ThatOthersMayReadIsNotTaken) {
  const std::string path = WriteTempFile("open_key", "abc");
  chmod(path.c_str(), 0644);
  EXPECT_EQ(ReadSecretFile(path, FileAccess::kOwn).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(ReadSecretFile(path, FileAccess::kAnyone).ok());
}

TEST(SecretFile, WhoseNameMayBeTheSecretIsNotNamed) {
  for (const char* secret : {"4a6f686e63616e617279", "canary", "/canary+base64canary="}) {
    const absl::Status missing = ReadSecretFile(secret, FileAccess::kOwn).status();
    EXPECT_EQ(missing.message().find("canary"), absl::string_view::npos) << missing.message();
    EXPECT_EQ(ReadSecretFromEnvironment(secret).status().message().find(secret), absl::string_view::npos);
  }
  for (const char* path : {"/run/secrets/key", "./key", "partner.key"}) EXPECT_EQ(ShownPath(path), path);
}

TEST(SecretEnvironment, IsReadOrReportedByName) {
  setenv("FIRSTMILE_SECRET_TEST", "abc", 1);
  EXPECT_EQ(ReadSecretFromEnvironment("FIRSTMILE_SECRET_TEST")->Reveal(), "abc");
  unsetenv("FIRSTMILE_SECRET_TEST");
  const absl::Status missing = ReadSecretFromEnvironment("FIRSTMILE_SECRET_TEST").status();
  EXPECT_NE(missing.message().find("FIRSTMILE_SECRET_TEST"), absl::string_view::npos);
}

}  // namespace
}  // namespace firstmile::secrets

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "signing/signature_diagnosis.h"

namespace firstmile::signing {
namespace {

using ::testing::HasSubstr;

TEST(ParseSignedUrl, TakesAWholeUrlOrAPath) {
  const absl::StatusOr<SignedUrl> whole = ParseSignedUrl(" HTTPS://Host:8/api/v2/x?a=1%20b&c&=d&e=#f\n");
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(whole->scheme.Reveal(), "https");
  EXPECT_EQ(whole->host.Reveal(), "host:8");
  EXPECT_EQ(whole->path.Reveal(), "/api/v2/x");
  EXPECT_EQ(whole->ValueOf("a"), "1 b");
  EXPECT_EQ(whole->Find("a")->raw.Reveal(), "1%20b");
  EXPECT_EQ(whole->ValueOf("c"), "");
  EXPECT_EQ(whole->Count("e"), 1);
  EXPECT_EQ(whole->Find("f"), nullptr);
  EXPECT_EQ(ParseSignedUrl("/api/v2/x?a=1")->ValueOf("a"), "1");
  EXPECT_EQ(ParseSignedUrl("https://host")->path.Reveal(), "");
}

TEST(ParseSignedUrl, RefusesWhatIsNone) {
  EXPECT_FALSE(ParseSignedUrl("api/v2/x").ok());
  EXPECT_FALSE(ParseSignedUrl("").ok());
  std::string many = "/api/v2/x?";
  for (int i = 0; i < 201; ++i) many += "a=1&";
  EXPECT_THAT(std::string(ParseSignedUrl(many).status().message()), HasSubstr("more parameters"));
}

}  // namespace
}  // namespace firstmile::signing

// URLs changed by a page, a log or a line break: the diagnosis names the change and no other cause.
#include "signing/copied_url.h"
#include "absl/strings/str_cat.h"

#include "absl/strings/str_replace.h"
#include "signing/signature_diagnosis_support.h"

namespace firstmile::signing {
namespace {

using ::testing::IsEmpty;

std::string Changed(const std::string& from, const std::string& to, const std::string& more = "") {
  return absl::StrReplaceAll(UrlWith(Sign(kRight), more), {{from, to}});
}

// The only finding of a URL that was right before it was changed.
Finding OnlyFindingIn(const std::string& url) {
  const Diagnosis diagnosis = Ask(url, kKey, "", SignScope::kShop);
  EXPECT_FALSE(diagnosis.matches) << url;
  EXPECT_THAT(CodesOf(diagnosis, Certainty::kLikely), IsEmpty()) << url;
  EXPECT_THAT(CodesOf(diagnosis, Certainty::kPossible), IsEmpty()) << url;
  EXPECT_EQ(diagnosis.base_string, "2001887/api/v2/shop/get_shop_info1655714431***14701711");
  EXPECT_EQ(diagnosis.findings.size(), 1U) << url;
  return diagnosis.findings.empty() ? Finding() : diagnosis.findings.front();
}

TEST(CopiedUrl, ASwallowedTimestampIsNamedAndNothingElse) {
  for (const char* times : {"\xC3\x97tamp=", "%C3%97tamp=", "%c3%97tamp=", "%D7tamp="}) {
    const Finding finding = OnlyFindingIn(Changed("&timestamp=", times));
    EXPECT_EQ(finding.code, "PARAMETER_SWALLOWED");
    EXPECT_EQ(finding.certainty, Certainty::kProven);
    EXPECT_THAT(finding.explanation, HasSubstr("&times "));
  }
}

TEST(CopiedUrl, EveryNameThatPagesSwallowIsNamed) {
  const std::pair<const char*, const char*> kCases[] = {
      {"&region=CN", "\xC2\xAEion=CN"},
      {"&currency=CN",
       "\xC2\xA4"
       "cy=CN"},
      {"&section=1", "\xC2\xA7ion=1"},
      {"&parameter=1", "\xC2\xB6meter=1"},
      {"&notify_url=x", "\xC2\xACify_url=x"},
      {"&copy_to=1", "\xC2\xA9_to=1"},
      {"&degree=1", "\xC2\xB0ree=1"},
      {"&microsite=1", "\xC2\xB5site=1"},
      {"&centre=1", "\xC2\xA2re=1"},
      {"&yen=1", "\xC2\xA5=1"},
  };
  for (const auto& [before, after] : kCases) {
    const Finding finding = OnlyFindingIn(Changed(before, after, before));
    EXPECT_EQ(finding.code, "PARAMETER_SWALLOWED") << before;
  }
}

TEST(CopiedUrl, ABlankIsNamedByTheParameterBehindIt) {
  for (const char* blank : {" ", "\n", "\r\n", "\t", "%20", "%0A", "\xC2\xA0", "\xE2\x80\x8B", "\xE3\x80\x80",
                            "\xE2\x80\xA8", "\xE2\x81\xA0", "%E2%80%8B", "%e3%80%80", "%EF%BB%BF"}) {
    const Finding finding = OnlyFindingIn(Changed("&shop_id=", absl::StrCat(blank, "&shop_id=")));
    EXPECT_EQ(finding.code, "BLANK_IN_URL");
    EXPECT_THAT(finding.explanation, HasSubstr("Before &shop_id there is a blank"));
  }
}

TEST(CopiedUrl, ABlankBeforeAValueIsNamed) {
  for (const char* blank : {" ", "%20", "%C2%A0", "\xE3\x80\x80"}) {
    EXPECT_EQ(OnlyFindingIn(Changed("&shop_id=", absl::StrCat("&shop_id=", blank))).code, "BLANK_IN_URL");
  }
}

TEST(CopiedUrl, ALineBreakAnywhereIsNamed) {
  for (const auto& [from, to] : {std::pair("get_shop_info", "get_\nshop_info"),
                                 std::pair("&sign=", "&si\n  gn="), std::pair("1655714431", "16557 14431")}) {
    EXPECT_EQ(OnlyFindingIn(Changed(from, to)).code, "BLANK_IN_URL") << to;
  }
}

TEST(CopiedUrl, AnEscapedAmpersandIsNamed) {
  for (const char* ampersand : {"&amp;", "&amp;amp;", "\\u0026", "&#38;", "&#x26;"}) {
    EXPECT_EQ(OnlyFindingIn(Changed("&", ampersand)).code, "AMPERSAND_ESCAPED") << ampersand;
  }
}

TEST(CopiedUrl, EarlierMistakesAreReportedToo) {
  const std::string url =
      absl::StrReplaceAll(UrlWith(Sign(kPartner + kPath + kTime)), {{"&timestamp", "\xC3\x97tamp"}});
  const Diagnosis diagnosis = Ask(url, kKey, "", SignScope::kShop);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("PARAMETER_SWALLOWED", "SIGNED_AS_PUBLIC"));
}

// The signature is right; Shopee does not know the token with its blank.
TEST(CopiedUrl, ABlankThatWasSignedAlongIsNamedBesideARightSignature) {
  for (const char* blank : {" ", "%20"}) {
    const std::string url =
        absl::StrReplaceAll(UrlWith(Sign(kPartner + kPath + kTime + kToken + " " + kShop)),
                            {{"&shop_id", absl::StrCat(blank, "&shop_id")}});
    const Diagnosis diagnosis = Ask(url);
    EXPECT_TRUE(diagnosis.matches);
    EXPECT_THAT(CodesOf(diagnosis), ElementsAre("BLANK_IN_URL", "ENVIRONMENT_UNKNOWN"));
    ASSERT_TRUE(diagnosis.uncopied.has_value());
    EXPECT_EQ(diagnosis.uncopied->ValueOf("access_token"), kToken);
  }
}

TEST(CopiedUrl, AValueThatHoldsSuchACharacterIsLeftAlone) {
  for (const char* more : {"&name=2\xC3\x97"
                           "3",
                           "&name=a%C3%97b", "&name=\xC2\xA9&x=1"}) {
    const Diagnosis diagnosis = Ask(UrlWith(Sign(kRight), more));
    EXPECT_TRUE(diagnosis.matches) << more;
  }
}

// A cause that the URL or the check excludes is not reported as likely.
TEST(CopiedUrl, NothingThatIsExcludedIsCalledLikely) {
  const Diagnosis twice = Ask(UrlWith(Sign(kRight), "&shop_id=" + kShop));
  EXPECT_THAT(CodesOf(twice, Certainty::kLikely), IsEmpty()) << "both are the same";
  const Diagnosis plus = Ask(UrlWith(Sign(kRight), "&name=a+b"));
  EXPECT_THAT(CodesOf(plus, Certainty::kLikely), IsEmpty()) << "the value is not signed";

  const absl::StatusOr<SignedUrl> url = ParseSignedUrl(UrlWith(Sign(kRight)));
  const secrets::Secret key(kKey);
  const Diagnosis later =
      Diagnose({.url = *url, .key = key, .sent = kNow + absl::Hours(30), .sent_is_known = false});
  EXPECT_THAT(CodesOf(later, Certainty::kPossible), Contains("TIMESTAMP_EXPIRED"));
  EXPECT_THAT(CodesOf(later, Certainty::kProven), IsEmpty()) << "the time of sending is unknown";
}

TEST(CopiedUrl, ThePartnerIsNoOtherOneWhereItsNumberCannotBeReadOrIsTheSame) {
  const secrets::Secret key(kKey);
  for (const std::string& partner : {kPartner + "\xC3\x83\xE2\x80\x94tamp", "0" + kPartner, kPartner + "x"}) {
    const absl::StatusOr<SignedUrl> url = ParseSignedUrl(Changed("=" + kPartner, "=" + partner));
    const Diagnosis diagnosis =
        Diagnose({.url = *url, .key = key, .sent = kNow, .partner_id = std::int64_t{2001887}});
    EXPECT_THAT(CodesOf(diagnosis, Certainty::kLikely), IsEmpty()) << partner;
  }
}

// Keys have nothing around them; only this check got it so.
TEST(CopiedUrl, ASignatureThatIsRightUnderTheTrimmedKeyIsRight) {
  for (const std::string& given : {kKey + "\n", " " + kKey, kKey + "\r\n"}) {
    const Diagnosis diagnosis = Ask(UrlWith(Sign(kRight)), given);
    EXPECT_TRUE(diagnosis.matches);
    EXPECT_THAT(CodesOf(diagnosis), ElementsAre("KEY_GIVEN_WITH_SPACE", "ENVIRONMENT_UNKNOWN"));
  }
  const std::string quoted = "\"" + kKey + "\"";
  EXPECT_TRUE(Ask(UrlWith(Sign(kRight)), quoted).matches);
  const Diagnosis signed_with_quotes = Ask(UrlWith(Sign(kRight, quoted)), quoted);
  EXPECT_FALSE(signed_with_quotes.matches);
  EXPECT_THAT(CodesOf(signed_with_quotes, Certainty::kProven), ElementsAre("KEY_QUOTED"));
}

TEST(CopiedUrl, AUrlThatLacksItsTimeAndIsSignedWithoutItLacksItsTimeAlone) {
  const std::string url = absl::StrReplaceAll(UrlWith(Sign(kPartner + kPath + kToken + kShop)),
                                              {{"timestamp=" + kTime + "&", ""}});
  EXPECT_THAT(CodesOf(Ask(url)), ElementsAre("PARAMETER_MISSING"));
}

TEST(CopiedUrl, NoTextHoldsAPartOfTheUrl) {
  for (const std::string& url : {Changed("&timestamp=", "\xC3\x97tamp="), Changed("&shop_id", " &shop_id"),
                                 Changed(kToken, kToken.substr(0, 9) + " " + kToken.substr(9))}) {
    const std::string told = Everything(Ask(url, kKey, "", SignScope::kShop));
    EXPECT_THAT(told, Not(HasSubstr(kToken.substr(0, 9))));
    EXPECT_THAT(told, Not(HasSubstr(Sign(kRight).substr(0, 9))));
  }
}

}  // namespace
}  // namespace firstmile::signing

// Findings other than the mistakes that a sign proves.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "signing/signature_diagnosis_support.h"

namespace firstmile::signing {
namespace {

TEST(SignatureDiagnosis, FindsNothingWrongWithARightUrl) {
  const Diagnosis diagnosis =
      Ask(UrlWith("b914bea03c13799deb036bb9d10e689f5a6bade160c44af568646f1ef7d796c1"));
  EXPECT_TRUE(diagnosis.matches);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("ENVIRONMENT_UNKNOWN"));
  EXPECT_EQ(diagnosis.scope, SignScope::kShop);
  EXPECT_EQ(diagnosis.clock_offset, absl::ZeroDuration());
}

TEST(SignatureDiagnosis, KnowsTheDocumentedVectorOfAHexDecodedKey) {
  const Diagnosis diagnosis =
      Ask(UrlWith("38655dc67bb74e4241833e5968c312650cc51942c158be347adfb9b8c4484257"));
  EXPECT_FALSE(diagnosis.matches);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("KEY_HEX_DECODED"));
}

TEST(SignatureDiagnosis, AcceptsTheVectorsOfMerchantAndPublicCalls) {
  const std::string merchant =
      absl::StrCat(kHost,
                   "/api/v2/global_product/get_category?partner_id=2001887&timestamp=1655714431&access_token="
                   "09777174636962737266615546704c6d&merchant_id=1000000&sign="
                   "a50a2229b148e76048e21ad69a9d619885a21bd4aa7738bc524e1207df73a151");
  EXPECT_TRUE(Ask(merchant).matches);
  EXPECT_EQ(Ask(merchant).scope, SignScope::kMerchant);
  const std::string open =
      absl::StrCat(kHost,
                   "/api/v2/public/get_shops_by_partner?partner_id=2001887&timestamp=1655714431&sign="
                   "60ab8c4a535009ab33b8a0029ee18a667ef6eaeb16481ed3d573a5059122d4df");
  EXPECT_TRUE(Ask(open).matches);
  EXPECT_EQ(Ask(open).scope, SignScope::kPublic);
}

TEST(SignatureDiagnosis, SaysSoWhenNothingFits) {
  const Diagnosis diagnosis = Ask(UrlWith(Sign(kRight, "the key of another app")));
  EXPECT_FALSE(diagnosis.matches);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("NO_KNOWN_MISTAKE"));
  EXPECT_EQ(diagnosis.base_string, "2001887/api/v2/shop/get_shop_info1655714431***14701711");
}

TEST(SignatureDiagnosis, KnowsATokenThatWasEncodedBeforeItWasSigned) {
  const std::string url = absl::StrReplaceAll(UrlWith(Sign(kPartner + kPath + kTime + "a%2Bb%3D" + kShop)),
                                              {{kToken, "a%2Bb%3D"}});
  EXPECT_THAT(CodesOf(Ask(url)), ElementsAre("TOKEN_ENCODED_IN_BASE"));
}

TEST(SignatureDiagnosis, ReadsTheScopeFromThePathBeforeTheParameters) {
  const std::string path = "/api/v2/auth/token/get";
  const std::string base = kPartner + path + kTime + kToken + kShop;
  const std::string url = absl::StrReplaceAll(UrlWith(Sign(base)), {{kPath, path}});
  const Diagnosis diagnosis = Ask(url);
  EXPECT_EQ(diagnosis.scope, SignScope::kPublic);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("SIGNED_AS_SHOP"));
  EXPECT_EQ(diagnosis.base_string, "2001887/api/v2/auth/token/get1655714431");
}

TEST(SignatureDiagnosis, MeasuresTheClock) {
  const Diagnosis late = Ask(UrlWith(Sign(kRight)), kKey, "", std::nullopt, kNow + absl::Minutes(6));
  EXPECT_TRUE(late.matches);
  EXPECT_THAT(CodesOf(late, Certainty::kProven), ElementsAre("TIMESTAMP_EXPIRED"));
  EXPECT_THAT(late.findings[0].explanation, HasSubstr("360 seconds behind"));
  EXPECT_EQ(late.clock_offset, -absl::Minutes(6));
  const Diagnosis early = Ask(UrlWith(Sign(kRight)), kKey, "", std::nullopt, kNow - absl::Hours(8));
  EXPECT_THAT(CodesOf(early, Certainty::kLikely), ElementsAre("TIMESTAMP_AHEAD"));
  EXPECT_THAT(CodesOf(Ask(UrlWith(Sign(kRight)), kKey, "", std::nullopt, kNow + absl::Minutes(5))),
              ElementsAre("ENVIRONMENT_UNKNOWN"));
}

TEST(SignatureDiagnosis, KnowsMilliseconds) {
  const std::string time = "1655714431123";
  const std::string base = kPartner + kPath + time + kToken + kShop;
  const std::string url = absl::StrReplaceAll(UrlWith(Sign(base)), {{kTime, time}});
  const Diagnosis diagnosis = Ask(url);
  EXPECT_THAT(CodesOf(diagnosis, Certainty::kProven), ElementsAre("TIMESTAMP_IN_MILLISECONDS"));
  EXPECT_EQ(diagnosis.clock_offset, absl::Milliseconds(123));
  EXPECT_EQ(diagnosis.base_string,
            "2001887/api/v2/shop/get_shop_info***"
            "***14701711");
}

// Mistakes visible in the URL itself; its sign is that of the URL without them.
struct Visible {
  std::string code;
  Certainty certainty;
  std::string from;
  std::string to;
};

TEST(SignatureDiagnosis, SeesWhatShowsInTheUrl) {
  const Visible visibles[] = {
      {"PARAMETER_MISSING", Certainty::kProven, "&shop_id=" + kShop, ""},
      {"PARAMETER_MISSING", Certainty::kProven, "access_token=" + kToken, "access_token="},
      {"PARAMETER_MISSING", Certainty::kProven, "timestamp=" + kTime + "&", ""},
      {"PARAMETER_TWICE", Certainty::kLikely, "shop_id=", "shop_id=7&shop_id="},
      {"PARAMETER_NOT_A_NUMBER", Certainty::kProven, "shop_id=", "shop_id=%22"},
      {"PARAMETER_NOT_A_NUMBER", Certainty::kProven, "timestamp=", "timestamp=-"},
      {"TOKEN_AND_ID_SWAPPED", Certainty::kProven, "access_token=" + kToken + "&shop_id=" + kShop,
       "access_token=" + kShop + "&shop_id=" + kToken},
      {"ID_OF_ANOTHER_KIND", Certainty::kProven, "shop_id", "merchant_id"},
      {"PATH_NOT_OF_THE_API", Certainty::kProven, "/api/v2/shop", "/shop"},
      {"PATH_SENT_WITH_SLASHES", Certainty::kProven, kPath, kPath + "/"},
      {"PATH_SENT_WITH_SLASHES", Certainty::kProven, kPath, "/" + kPath},
      {"HOST_RETIRED", Certainty::kLikely, "partner.shopeemobile.com",
       "partner.test-stable.shopeemobile.com"},
      {"HOST_UNKNOWN", Certainty::kPossible, "partner.shopeemobile.com", "127.0.0.1:8080"},
      {"PLUS_NOT_ENCODED", Certainty::kLikely, kToken, kToken + "+x"},
      {"TOKEN_ENCODED_TWICE", Certainty::kLikely, kToken, kToken + "%253D"},
  };
  for (const Visible& visible : visibles) {
    const std::string url = absl::StrReplaceAll(UrlWith(Sign(kRight)), {{visible.from, visible.to}});
    const Diagnosis diagnosis = Ask(url, kKey, "", SignScope::kShop);
    EXPECT_THAT(CodesOf(diagnosis, visible.certainty), Contains(visible.code)) << visible.to;
    EXPECT_THAT(Everything(diagnosis), Not(HasSubstr(kToken))) << visible.code;
    EXPECT_THAT(Everything(diagnosis), Not(HasSubstr(Sign(kRight)))) << visible.code;
  }
}

TEST(SignatureDiagnosis, SaysWhenThereIsNoSignature) {
  const Diagnosis diagnosis = Ask(absl::StrReplaceAll(UrlWith("x"), {{"&sign=x", ""}}));
  EXPECT_FALSE(diagnosis.matches);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("PARAMETER_MISSING"));
  EXPECT_THAT(diagnosis.findings[0].explanation, HasSubstr("sign is missing"));
}

TEST(SignatureDiagnosis, ACallWithoutTokenAndIdThatNeedsThemDoesNotMatch) {
  const std::string url = absl::StrCat(kHost, kPath, "?partner_id=", kPartner, "&timestamp=", kTime,
                                       "&sign=", Sign(kPartner + kPath + kTime));
  const Diagnosis diagnosis = Ask(url, kKey, "", SignScope::kShop);
  EXPECT_FALSE(diagnosis.matches);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("SIGNED_AS_PUBLIC", "PARAMETER_MISSING", "PARAMETER_MISSING"));
  EXPECT_EQ(diagnosis.base_string, "2001887/api/v2/shop/get_shop_info1655714431<access_token><shop_id>");
}

TEST(SignatureDiagnosis, LooksAtTheKeyAndItsPartner) {
  const absl::StatusOr<SignedUrl> url = ParseSignedUrl(UrlWith("not hex"));
  const secrets::Secret key(std::string(" short"));
  const Diagnosis diagnosis = Diagnose({.url = *url, .key = key, .sent = kNow, .partner_id = 7});
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("BLANK_IN_URL", "SIGN_FORM", "PARTNER_ID_NOT_OF_THE_KEY",
                                              "KEY_GIVEN_WITH_SPACE", "KEY_LENGTH", "NO_KNOWN_MISTAKE"));
}

TEST(SignatureDiagnosis, ShowsNoMisplacedValue) {
  const std::string url = absl::StrCat(kHost, "/api/v2/", kToken, "?partner_id=", kKey, "&timestamp=", kToken,
                                       "&access_token=1&shop_id=", kToken, "&sign=1");
  EXPECT_EQ(Ask(url).base_string,
            "***"
            "***"
            "***"
            "***"
            "***");
  EXPECT_THAT(Everything(Ask(url)), Not(HasSubstr(kToken)));
}

}  // namespace
}  // namespace firstmile::signing

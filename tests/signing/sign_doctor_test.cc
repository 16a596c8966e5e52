// Each known mistake, made here by other code than the doctor's, is found out by its name.
#include "signing/sign_doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <fstream>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "signing/signer.h"

namespace firstmile::signing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// The demo key of the platform's public PHP sample; no real credential.
const std::string kKey = "57615053704d6470644f554a78656d50484143644964436a5568777544524579";
const std::string kShpkKey = "shpk0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab";
const std::string kPartner = "2001887";
const std::string kPath = "/api/v2/shop/get_shop_info";
const std::string kTime = "1655714431";
const std::string kToken = "59777174636562737266615546704c6d";
const std::string kShop = "14701711";
const std::string kMerchant = "1000000";
const std::string kHost = "https://partner.shopeemobile.com";
const std::string kRight = kPartner + kPath + kTime + kToken + kShop;
const absl::Time kNow = absl::FromUnixSeconds(1655714431);

std::string Sign(const std::string& base, const std::string& key = kKey) {
  return HmacSha256Hex(key, base);
}

// A shop call with everything right but its sign.
std::string UrlWith(const std::string& sign, const std::string& more = "") {
  return absl::StrCat(kHost, kPath, "?partner_id=", kPartner, "&timestamp=", kTime, "&access_token=", kToken,
                      "&shop_id=", kShop, "&sign=", sign, more);
}

std::string Bytes(const EVP_MD* hash, const std::string& key, const std::string& message) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(hash, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
       message.size(), digest, &size);
  return std::string(reinterpret_cast<const char*>(digest), size);
}

std::string Sha256(const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  return absl::BytesToHexString(std::string(reinterpret_cast<const char*>(digest), size));
}

struct Case {
  std::string name;  // of the mistake; two with a plus between them
  std::string url;
  std::string key = kKey;
  std::string body = "";
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

const std::int64_t kOthers[] = {600001, 600002};
const absl::string_view kPaths[] = {"/api/v2/first_mile/get_detail", "/api/v2/shop/get_shop_info"};

Diagnosis Ask(const std::string& text, const std::string& key = kKey, const std::string& body = "",
              std::optional<SignScope> scope = std::nullopt, absl::Time sent = kNow) {
  const absl::StatusOr<SignedUrl> url = ParseSignedUrl(text);
  EXPECT_TRUE(url.ok()) << url.status();
  const secrets::Secret secret(key);
  return Diagnose({.url = *url,
                   .key = secret,
                   .sent = sent,
                   .scope = scope,
                   .body = body,
                   .other_ids = kOthers,
                   .known_paths = kPaths});
}

std::vector<std::string> CodesOf(const Diagnosis& diagnosis,
                                 std::optional<Certainty> certainty = std::nullopt) {
  std::vector<std::string> codes;
  for (const Finding& finding : diagnosis.findings) {
    if (!certainty.has_value() || finding.certainty == *certainty) codes.push_back(finding.code);
  }
  return codes;
}

std::string Everything(const Diagnosis& diagnosis) {
  std::string text = diagnosis.base_string;
  for (const Finding& finding : diagnosis.findings) {
    absl::StrAppend(&text, "\n", finding.code, finding.explanation, finding.remedy);
  }
  return text;
}

const std::string kUpper = absl::AsciiStrToUpper(Sign(kRight));
const std::string kFmPath = "/api/v2/first_mile/get_detail";

std::vector<Case> Cases() {
  const std::string pt = kPartner + kPath + kTime;
  return {
      {"SIGNED_AS_PUBLIC", UrlWith(Sign(pt))},
      {"SIGNED_AS_MERCHANT", UrlWith(Sign(pt + kToken + kMerchant), "&merchant_id=" + kMerchant)},
      {"TOKEN_AND_ID_SWAPPED_IN_BASE", UrlWith(Sign(pt + kShop + kToken))},
      {"OTHER_ID_SIGNED", UrlWith(Sign(pt + kToken + "600002"))},
      {"ID_NOT_SIGNED", UrlWith(Sign(pt + kToken))},
      {"TOKEN_NOT_SIGNED", UrlWith(Sign(pt + kShop))},
      {"PATH_WITH_HOST", UrlWith(Sign(kPartner + kHost + kPath + kTime + kToken + kShop))},
      {"PATH_WITH_HOST",
       UrlWith(Sign(kPartner + "partner.shopeemobile.com" + kPath + kTime + kToken + kShop))},
      {"PATH_PREFIX", UrlWith(Sign(kPartner + "/shop/get_shop_info" + kTime + kToken + kShop))},
      {"PATH_PREFIX", UrlWith(Sign(kPartner + "api/v2/shop/get_shop_info" + kTime + kToken + kShop))},
      {"PATH_TRAILING_SLASH", UrlWith(Sign(kPartner + kPath + "/" + kTime + kToken + kShop))},
      {"PATH_WITH_QUERY", UrlWith(Sign(kPartner + kPath + "?" + kTime + kToken + kShop))},
      {"PATH_LETTER_CASE", UrlWith(Sign(kPartner + absl::AsciiStrToUpper(kPath) + kTime + kToken + kShop))},
      {"PATH_ENCODED",
       UrlWith(Sign(kPartner + absl::StrReplaceAll(kPath, {{"/", "%2F"}}) + kTime + kToken + kShop))},
      {"PATH_OF_ANOTHER_CALL", UrlWith(Sign(kPartner + kFmPath + kTime + kToken + kShop))},
      {"TOKEN_WITH_SPACE_IN_BASE", UrlWith(Sign(pt + kToken + "\n" + kShop))},
      {"TOKEN_WITH_SPACE_IN_BASE", UrlWith(Sign(pt + "Bearer " + kToken + kShop))},
      {"OTHER_TOKEN_SIGNED", UrlWith(Sign(pt + "refresh0123" + kShop), "&refresh_token=refresh0123")},
      {"PARAMETERS_SIGNED", UrlWith(Sign(kRight + "b=2&a=1"), "&b=2&a=1")},
      {"PARAMETERS_SIGNED", UrlWith(Sign(kRight + "a1b2"), "&b=2&a=1")},
      {"PARAMETERS_SIGNED", UrlWith(Sign(kRight + "21"), "&b=2&a=1")},
      {"BODY_SIGNED", UrlWith(Sign(kRight + "{\"x\":1}")), kKey, "{\"x\":1}"},
      {"BODY_SIGNED", UrlWith(Sign(kHost + kPath + "|{\"x\":1}")), kKey, "{\"x\":1}"},
      {"WHOLE_QUERY_SIGNED", UrlWith(Sign("access_token=" + kToken + "&partner_id=" + kPartner +
                                          "&shop_id=" + kShop + "&timestamp=" + kTime))},
      {"PARTS_SEPARATED", UrlWith(Sign(kPartner + "&" + kPath + "&" + kTime + "&" + kToken + "&" + kShop))},
      {"LITERAL_NULL", UrlWith(Sign(pt + "None" + kShop))},
      {"SIGNED_WITH_ANOTHER_TIME", UrlWith(Sign(kPartner + kPath + "1655714430" + kToken + kShop))},
      {"SIGNED_WITH_ANOTHER_TIME", UrlWith(Sign(kPartner + kPath + "1655743231" + kToken + kShop))},
      {"KEY_IN_BASE", UrlWith(Sign(kKey + kRight))},
      {"ORDER_OF_PARTS", UrlWith(Sign(kPath + kPartner + kTime + kToken + kShop))},
      {"ORDER_OF_PARTS", UrlWith(Sign(kPartner + kTime + kPath + kToken + kShop))},
      {"KEY_HEX_DECODED", UrlWith(Sign(kRight, absl::HexStringToBytes(kKey)))},
      {"KEY_HEX_DECODED", UrlWith(Sign(kRight, absl::HexStringToBytes(kShpkKey.substr(4)))), kShpkKey},
      {"KEY_BASE64_DECODED",
       UrlWith(Sign(kRight,
                    [] {
                      std::string bytes;
                      absl::Base64Unescape(kShpkKey, &bytes);
                      return bytes;
                    }())),
       kShpkKey},
      {"KEY_ENCODED", UrlWith(Sign(kRight, absl::Base64Escape(kKey)))},
      {"KEY_ENCODED", UrlWith(Sign(kRight, absl::BytesToHexString(kKey)))},
      {"KEY_WHITE_SPACE", UrlWith(Sign(kRight, kKey + "\n"))},
      {"KEY_WHITE_SPACE", UrlWith(Sign(kRight)), kKey + "\n"},
      {"KEY_WHITE_SPACE", UrlWith(Sign(kRight, "\xEF\xBB\xBF" + kKey))},
      {"KEY_QUOTED", UrlWith(Sign(kRight, "\"" + kKey + "\""))},
      {"KEY_PREFIX", UrlWith(Sign(kRight, kShpkKey.substr(4))), kShpkKey},
      {"KEY_LETTER_CASE", UrlWith(Sign(kRight, absl::AsciiStrToUpper(kKey)))},
      {"KEY_CUT", UrlWith(Sign(kRight, kKey.substr(0, 63)))},
      {"KEY_EMPTY", UrlWith(Sign(kRight, ""))},
      {"HMAC_ARGUMENTS_SWAPPED", UrlWith(Sign(kKey, kRight))},
      {"HASH_WITHOUT_HMAC", UrlWith(Sha256(kRight + kKey))},
      {"HASH_WITHOUT_HMAC", UrlWith(Sha256(kKey + kRight))},
      {"OTHER_HASH", UrlWith(absl::BytesToHexString(Bytes(EVP_sha512(), kKey, kRight)))},
      {"OTHER_HASH", UrlWith(absl::BytesToHexString(Bytes(EVP_sha1(), kKey, kRight)))},
      {"SIGN_UPPER_CASE", UrlWith(kUpper)},
      {"SIGN_WHITE_SPACE", UrlWith(Sign(kRight) + "%0A")},
      {"SIGN_BASE64", UrlWith(absl::StrReplaceAll(absl::Base64Escape(Bytes(EVP_sha256(), kKey, kRight)),
                                                  {{"+", "%2B"}, {"/", "%2F"}, {"=", "%3D"}}))},
      {"SIGN_BASE64_OF_HEX", UrlWith(absl::Base64Escape(Sign(kRight)))},
      {"SIGN_CUT", UrlWith(Sign(kRight).substr(0, 60))},
      {"SIGNED_AS_PUBLIC+KEY_HEX_DECODED", UrlWith(Sign(pt, absl::HexStringToBytes(kKey)))},
      {"PATH_TRAILING_SLASH+SIGN_UPPER_CASE",
       UrlWith(absl::AsciiStrToUpper(Sign(kPartner + kPath + "/" + kTime + kToken + kShop)))},
      {"ID_NOT_SIGNED+HMAC_ARGUMENTS_SWAPPED", UrlWith(Sign(kKey, pt + kToken))},
  };
}

class KnownMistake : public ::testing::TestWithParam<Case> {};

TEST_P(KnownMistake, IsFoundOutByItsName) {
  const Case& wrong = GetParam();
  const Diagnosis diagnosis = Ask(wrong.url, wrong.key, wrong.body);
  EXPECT_FALSE(diagnosis.matches && wrong.name != "KEY_WHITE_SPACE");
  std::string proven;
  for (const std::string& code : CodesOf(diagnosis, Certainty::kProven)) {
    if (code == "SIGN_FORM") continue;  // the general word about a form that has no other name
    absl::StrAppend(&proven, proven.empty() ? "" : "+", code);
  }
  EXPECT_EQ(proven, wrong.name);
}

TEST_P(KnownMistake, IsToldWithoutASecret) {
  const Case& wrong = GetParam();
  const std::string told = Everything(Ask(wrong.url, wrong.key, wrong.body));
  const std::string sign = wrong.url.substr(wrong.url.find("sign=") + 5, 40);
  for (const std::string& secret : {kToken, wrong.key, sign, Sign(kRight), Sign(kRight, kShpkKey)}) {
    EXPECT_THAT(told, Not(HasSubstr(secret)));
  }
}

INSTANTIATE_TEST_SUITE_P(SignDoctor, KnownMistake, ::testing::ValuesIn(Cases()), [](const auto& info) {
  return absl::StrCat(absl::StrReplaceAll(info.param.name, {{"+", "_And_"}}), "_", info.index);
});

TEST(SignDoctor, EveryFindingIsTriedHere) {
  // By the tests below.
  std::set<std::string> tried = {
      "SIGNED_AS_SHOP",         "TOKEN_ENCODED_IN_BASE", "PARAMETER_MISSING",         "PARAMETER_TWICE",
      "PARAMETER_NOT_A_NUMBER", "TOKEN_AND_ID_SWAPPED",  "ID_OF_ANOTHER_KIND",        "TIMESTAMP_IN_MILLISECONDS",
      "TIMESTAMP_EXPIRED",      "TIMESTAMP_AHEAD",       "PATH_NOT_OF_THE_API",       "PATH_SENT_WITH_SLASHES",
      "HOST_RETIRED",           "HOST_UNKNOWN",          "PARTNER_ID_NOT_OF_THE_KEY", "PLUS_NOT_ENCODED",
      "TOKEN_ENCODED_TWICE",    "KEY_GIVEN_WITH_SPACE",  "KEY_LENGTH",                "SIGN_FORM",
      "NO_KNOWN_MISTAKE",       "ENVIRONMENT_UNKNOWN"};
  for (const Case& c : Cases()) {
    for (const absl::string_view name : absl::StrSplit(c.name, '+')) tried.emplace(name);
  }
  std::set<std::string> known;
  for (const Advice* advice : AllAdvice()) {
    EXPECT_TRUE(known.emplace(advice->code).second) << advice->code << " is the name of two findings";
  }
  EXPECT_EQ(tried, known);
}

TEST(SignDoctor, ItsReadmeListsEveryFinding) {
  std::ifstream in(FIRSTMILE_SIGNING_README);
  std::stringstream readme;
  readme << in.rdbuf();
  for (const Advice* advice : AllAdvice()) {
    EXPECT_THAT(readme.str(), HasSubstr(absl::StrCat("| `", advice->code, "` |")));
  }
}

TEST(SignDoctor, FindsNothingWrongWithARightUrl) {
  const Diagnosis diagnosis =
      Ask(UrlWith("b914bea03c13799deb036bb9d10e689f5a6bade160c44af568646f1ef7d796c1"));
  EXPECT_TRUE(diagnosis.matches);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("ENVIRONMENT_UNKNOWN"));
  EXPECT_EQ(diagnosis.scope, SignScope::kShop);
  EXPECT_EQ(diagnosis.clock_offset, absl::ZeroDuration());
}

TEST(SignDoctor, KnowsTheDocumentedVectorOfAHexDecodedKey) {
  const Diagnosis diagnosis =
      Ask(UrlWith("38655dc67bb74e4241833e5968c312650cc51942c158be347adfb9b8c4484257"));
  EXPECT_FALSE(diagnosis.matches);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("KEY_HEX_DECODED"));
}

TEST(SignDoctor, AcceptsTheVectorsOfMerchantAndPublicCalls) {
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

TEST(SignDoctor, SaysSoWhenNothingFits) {
  const Diagnosis diagnosis = Ask(UrlWith(Sign(kRight, "the key of another app")));
  EXPECT_FALSE(diagnosis.matches);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("NO_KNOWN_MISTAKE"));
  EXPECT_EQ(diagnosis.base_string, "2001887/api/v2/shop/get_shop_info1655714431***14701711");
}

TEST(SignDoctor, KnowsATokenThatWasEncodedBeforeItWasSigned) {
  const std::string url = absl::StrReplaceAll(UrlWith(Sign(kPartner + kPath + kTime + "a%2Bb%3D" + kShop)),
                                              {{kToken, "a%2Bb%3D"}});
  EXPECT_THAT(CodesOf(Ask(url)), ElementsAre("TOKEN_ENCODED_IN_BASE"));
}

TEST(SignDoctor, ReadsTheScopeFromThePathBeforeTheParameters) {
  const std::string path = "/api/v2/auth/token/get";
  const std::string base = kPartner + path + kTime + kToken + kShop;
  const std::string url = absl::StrReplaceAll(UrlWith(Sign(base)), {{kPath, path}});
  const Diagnosis diagnosis = Ask(url);
  EXPECT_EQ(diagnosis.scope, SignScope::kPublic);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("SIGNED_AS_SHOP"));
  EXPECT_EQ(diagnosis.base_string, "2001887/api/v2/auth/token/get1655714431");
}

TEST(SignDoctor, MeasuresTheClock) {
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

TEST(SignDoctor, KnowsMilliseconds) {
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

// Mistakes that show in the URL itself; its sign is that of the URL without them.
struct Visible {
  std::string code;
  Certainty certainty;
  std::string from;
  std::string to;
};

TEST(SignDoctor, SeesWhatShowsInTheUrl) {
  const Visible visibles[] = {
      {"PARAMETER_MISSING", Certainty::kProven, "&shop_id=" + kShop, ""},
      {"PARAMETER_MISSING", Certainty::kProven, "access_token=" + kToken, "access_token="},
      {"PARAMETER_MISSING", Certainty::kProven, "timestamp=" + kTime + "&", ""},
      {"PARAMETER_TWICE", Certainty::kLikely, "shop_id=", "shop_id=" + kShop + "&shop_id="},
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

TEST(SignDoctor, SaysWhenThereIsNoSignature) {
  const Diagnosis diagnosis = Ask(absl::StrReplaceAll(UrlWith("x"), {{"&sign=x", ""}}));
  EXPECT_FALSE(diagnosis.matches);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("PARAMETER_MISSING"));
  EXPECT_THAT(diagnosis.findings[0].explanation, HasSubstr("sign is missing"));
}

TEST(SignDoctor, ACallWithoutTokenAndIdThatNeedsThemDoesNotMatch) {
  const std::string url = absl::StrCat(kHost, kPath, "?partner_id=", kPartner, "&timestamp=", kTime,
                                       "&sign=", Sign(kPartner + kPath + kTime));
  const Diagnosis diagnosis = Ask(url, kKey, "", SignScope::kShop);
  EXPECT_FALSE(diagnosis.matches);
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("SIGNED_AS_PUBLIC", "PARAMETER_MISSING", "PARAMETER_MISSING"));
  EXPECT_EQ(diagnosis.base_string, "2001887/api/v2/shop/get_shop_info1655714431<access_token><shop_id>");
}

TEST(SignDoctor, LooksAtTheKeyAndItsPartner) {
  const absl::StatusOr<SignedUrl> url = ParseSignedUrl(UrlWith("not hex"));
  const secrets::Secret key(std::string(" short"));
  const Diagnosis diagnosis = Diagnose({.url = *url, .key = key, .sent = kNow, .partner_id = 7});
  EXPECT_THAT(CodesOf(diagnosis), ElementsAre("SIGN_FORM", "KEY_GIVEN_WITH_SPACE",
                                              "PARTNER_ID_NOT_OF_THE_KEY", "KEY_LENGTH", "NO_KNOWN_MISTAKE"));
}

TEST(SignDoctor, ShowsNoValueThatStandsInTheWrongPlace) {
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

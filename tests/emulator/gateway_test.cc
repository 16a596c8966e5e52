#include <algorithm>
#include <set>

#include "emulator/world/default_world.h"
#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kPath = kFirstMile + "get_detail";
const std::string kMsgPath = kFirstMile + "get_unbind_order_list";
const Params kQuestion = {{"first_mile_tracking_number", "CNF877146678717210312"}};

struct Result {
  int status;
  std::string error;
  std::string message;
  bool operator==(const Result&) const = default;
};

void PrintTo(const Result& result, std::ostream* out) {
  *out << result.status << " " << result.error << ": " << result.message;
}

class GatewayTest : public EmulatorTest {
 protected:
  // The error of a call whose common parameters were changed after signing.
  Result Call(Params common, const std::string& verb = "GET", const std::string& path = kPath) {
    common.insert(common.end(), kQuestion.begin(), kQuestion.end());
    return ResultOf(Connection(emulator_.port()).Send(verb, TargetOf(path, common)));
  }

  static Result ResultOf(const HttpReply& reply) {
    const json::object answer = reply.Json();
    EXPECT_EQ(Text(answer, "request_id").size(), 32U) << reply.body;
    return {reply.status, Text(answer, "error"), Text(answer, "message")};
  }

  Params Without(const std::string& name) const {
    Params params = shop_.Common(kPath);
    std::erase_if(params, [&](const auto& param) { return param.first == name; });
    return params;
  }

  Params With(const std::string& name, const std::string& value) const {
    Params params = shop_.Common(kPath);
    for (auto& param : params) {
      if (param.first == name) param.second = value;
    }
    return params;
  }
};

TEST_F(GatewayTest, AcceptsASignedCall) {
  EXPECT_EQ(Call(shop_.Common(kPath)), (Result{200, "", ""}));
}

TEST_F(GatewayTest, RequiresEachCommonParameter) {
  EXPECT_EQ(Call(Without("partner_id")), (Result{200, "error_param", "There is no partner_id in query."}));
  EXPECT_EQ(Call(Without("timestamp")), (Result{200, "error_param", "no timestamp"}));
  EXPECT_EQ(Call(Without("sign")), (Result{200, "error_param", "There is no sign in query."}));
}

TEST_F(GatewayTest, NamesTheMissingTokenOrShopOfACallSignedWithoutIt) {
  Caller no_token = shop_;
  no_token.access_token = "";
  EXPECT_EQ(Call(no_token.Common(kPath)), (Result{200, "error_param", "There is no access_token in query."}));
  Caller no_shop = shop_;
  no_shop.shop_id = "";
  EXPECT_EQ(Call(no_shop.Common(kPath)), (Result{200, "error_param", "There is no shop_id in query."}));
}

TEST_F(GatewayTest, RefusesACallIfAParameterIsRemovedAfterSigning) {
  EXPECT_EQ(Call(Without("access_token")), (Result{200, "error_sign", "Wrong sign."}));
  EXPECT_EQ(Call(Without("shop_id")), (Result{200, "error_sign", "Wrong sign."}));
}

TEST_F(GatewayTest, ChecksThePartner) {
  const std::string range = "Partner_id is invalid, should be an integer between 0 and 4294967295.";
  EXPECT_EQ(Call(With("partner_id", "abc")), (Result{200, "error_param", range}));
  EXPECT_EQ(Call(With("partner_id", "4294967296")), (Result{200, "error_param", range}));
  EXPECT_EQ(Call(With("partner_id", "2001888")), (Result{200, "error_param", "Invalid partner_id."}));
}

TEST_F(GatewayTest, ChecksTheFormatOfTheTimestamp) {
  EXPECT_EQ(Call(With("timestamp", "soon")), (Result{200, "error_param", "Invalid timestamp"}));
  EXPECT_EQ(
      Call(With("timestamp", "4294967296")),
      (Result{200, "error_param", "Timestamp is invalid, should be an integer between 0 and 4294967295."}));
}

TEST_F(GatewayTest, AcceptsATimestampForFiveMinutesInBothDirections) {
  for (const int64_t skew : {-300, 300}) {
    now_ = kNow + skew;
    EXPECT_EQ(Call(shop_.Common(kPath)), (Result{200, "", ""})) << skew;
  }
  for (const int64_t skew : {-301, 301}) {
    now_ = kNow + skew;
    EXPECT_EQ(Call(shop_.Common(kPath)), (Result{200, "error_param", "Timestamp is expired."})) << skew;
  }
}

TEST_F(GatewayTest, RefusesASignOfAnotherKeyOrPathOrInUpperCase) {
  const Result wrong = {200, "error_sign", "Wrong sign."};
  Caller other = shop_;
  other.key = "shpk0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab";
  EXPECT_EQ(Call(other.Common(kPath)), wrong);
  EXPECT_EQ(Call(shop_.Common(kFirstMile + "get_channel_list")), wrong);
  std::string capitals = shop_.Common(kPath)[2].second;
  std::transform(capitals.begin(), capitals.end(), capitals.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  EXPECT_EQ(Call(With("sign", capitals)), wrong);
}

TEST_F(GatewayTest, ChecksTheRangeOfTheShop) {
  Caller caller = shop_;
  caller.shop_id = "-1";
  EXPECT_EQ(
      Call(caller.Common(kPath)),
      (Result{200, "error_param", "shop_id is invalid, should be an integer between 0 and 4294967295."}));
}

TEST_F(GatewayTest, RejectsAWrongTokenWithHttp403) {
  const Result refused = {403, "invalid_acceess_token", "Invalid access_token, please have a check."};
  Caller wrong = shop_;
  wrong.access_token = "00000000000000000000000000000000";
  EXPECT_EQ(Call(wrong.Common(kPath)), refused);
  Caller borrowed = shop_;
  borrowed.access_token = As(600001).access_token;
  EXPECT_EQ(Call(borrowed.Common(kPath)), refused);
}

TEST_F(GatewayTest, AcceptsATokenThatNeedsEscaping) {
  emulator_.SetAccessToken(kShop, "eyJ+a/b==.x y&z");
  Caller caller = shop_;
  caller.access_token = "eyJ+a/b==.x y&z";
  EXPECT_EQ(Call(caller.Common(kPath)), (Result{200, "", ""}));
  EXPECT_EQ(Call(shop_.Common(kPath)).error, "invalid_acceess_token");
}

TEST_F(GatewayTest, RefusesShopsWithoutALink) {
  const Result unlinked = {200, "shop_no_linked", "Partner and shop has no linked."};
  EXPECT_EQ(Call(As(123).Common(kPath)), unlinked);
  EXPECT_EQ(Call(As(emulator::world::kUnlinkedShop).Common(kPath)), unlinked);
}

TEST_F(GatewayTest, SendsMsgInsteadOfMessageWhereDocumented) {
  for (const std::string& path : {kMsgPath, kFirstMile + "get_channel_list"}) {
    const json::object answer = As(123).Get(path);
    EXPECT_EQ(Text(answer, "error"), "error_param");
    EXPECT_EQ(Text(answer, "msg"), "Your partner id and shop has no link.");
    EXPECT_FALSE(answer.contains("message"));
  }
}

TEST_F(GatewayTest, RefusesABannedShop) {
  EXPECT_EQ(Call(As(emulator::world::kBannedShop).Common(kPath)).error, "shop_banned");
}

TEST_F(GatewayTest, RefusesShopsWithoutFirstMile) {
  const Caller without = As(emulator::world::kShopWithoutFirstMile);
  EXPECT_EQ(Text(without.Get(kPath, kQuestion), "error"), "firstmile.auth");
  EXPECT_EQ(Text(without.Get(kMsgPath), "error"), "firstmile.shipment_auth");
  EXPECT_EQ(Text(without.Post(kFirstMile + "get_waybill", "{}"), "error"), "error_permission");
  const Caller no_declare = As(emulator::world::kShopWithoutPreDeclare);
  EXPECT_EQ(Text(no_declare.Get(kPath, kQuestion), "error"), "firstmile.shipment_pre_declare_permission");
  EXPECT_EQ(Text(without.Get(kLogistics + "get_tracking_number", {{"order_sn", "x"}}), "error"),
            "logistics.invalid_error")
      << "the logistics module does not require first mile";
}

TEST_F(GatewayTest, RefusesUnknownPathsAndVerbs) {
  const std::string offline =
      "Permission denied. This API is currently offline or the request path is incorrect.";
  EXPECT_EQ(Call(shop_.Common(kPath), "POST"), (Result{200, "error_param", offline}));
  const std::string missing =
      "shopee-emulator does not emulate /api/v2/first_mile/get_details. "
      "GET /_emulator/operations lists what it does.";
  EXPECT_EQ(Call(shop_.Common(kPath), "GET", "/api/v2/first_mile/get_details"),
            (Result{404, "error_not_found", missing}));
  EXPECT_EQ(Call({}, "GET", "/api/v1/orders").error, "error_not_found");
}

TEST_F(GatewayTest, EveryAnswerHasAUniqueRequestId) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) seen.insert(Text(shop_.Get(kPath, kQuestion), "request_id"));
  EXPECT_EQ(seen.size(), 200U);
}

TEST(GatewaySource, RejectsAnUndeclaredAddressWithHttp403) {
  emulator::Options options;
  options.declared_ips = {"192.0.2.1"};
  options.now = [] { return kNow; };
  emulator::Emulator emulator(options);
  const HttpReply reply = Caller(emulator.port(), kNow).GetRaw(kPath, kQuestion);
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(Text(reply.Json(), "error"), "source_ip_undeclared");
  EXPECT_NE(Text(reply.Json(), "message").find("(127.0.0.1)"), std::string::npos);
}

TEST(GatewayPartner, AcceptsAConfiguredPartnerAndKey) {
  emulator::Options options;
  options.partner_id = 1000001;
  options.partner_key = "shpk0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab";
  options.access_tokens[kShop] = "aaaabbbbccccddddeeeeffff00001111";
  options.now = [] { return kNow; };
  emulator::Emulator emulator(options);
  Caller caller(emulator.port(), kNow);
  caller.partner_id = "1000001";
  caller.key = options.partner_key;
  caller.access_token = "aaaabbbbccccddddeeeeffff00001111";
  EXPECT_EQ(Text(caller.Get(kPath, kQuestion), "error"), "");
  EXPECT_EQ(Text(Caller(emulator.port(), kNow).Get(kPath, kQuestion), "message"), "Invalid partner_id.");
}

}  // namespace
}  // namespace emulator_test

// The presets. pages_test.py compares their names with README.md.
#include "fault_fixture.h"
#include "token_client.h"

namespace emulator_test {
namespace {

TEST_F(FaultTest, PresetsAnswerWithTheirStatusAndError) {
  struct Expected {
    const char* preset;
    int status;
    const char* error;
  };
  for (const Expected& expected : {Expected{"rate_limit", 200, "error_rate_limit"},
                                   {"daily_quota", 200, "error_limit"},
                                   {"expired_token", 403, "invalid_acceess_token"},
                                   {"permission", 200, "error_auth"},
                                   {"invalid_sign", 200, "common.error_auth"},
                                   {"module_quota", 200, "product.error_limit"},
                                   {"system_busy", 200, "error_system_busy"},
                                   {"not_linked_msg", 200, "error_auth"},
                                   {"server_error", 200, "error_server"}}) {
    emulator_.ClearFaults();
    emulator_.SetFault(*emulator::PresetFault(expected.preset));
    const HttpReply reply = shop_.GetRaw(kChannels);
    EXPECT_EQ(reply.status, expected.status) << expected.preset;
    EXPECT_EQ(Text(reply.Json(), "error"), expected.error);
  }
  emulator_.ClearFaults();
  emulator_.SetFault(*emulator::PresetFault("html_502"));
  EXPECT_EQ(shop_.GetRaw(kChannels).content_type, "text/html");
  EXPECT_FALSE(emulator::PresetFault("no_such_preset"));
}

TEST_F(FaultTest, PresetsOfTokenCallsAndPartnerListsActOnThosePathsOnly) {
  const PartnerCaller partner{emulator_.port(), now_.load()};
  const auto play = [this](const char* preset) {
    emulator_.ClearFaults();
    emulator_.SetFault(*emulator::PresetFault(preset));
    EXPECT_EQ(Text(shop_.Get(kChannels), "error"), "") << preset;
  };
  for (const auto& [preset, text] :
       {std::pair("refresh_not_found", "The information you queried is not found."),
        std::pair("refresh_parameter", "parameter invalid"),
        std::pair("refresh_not_linked", "Partner and shop has no linked."),
        std::pair("refresh_access_expired", "Your access to shop has expired.")}) {
    play(preset);
    EXPECT_EQ(Text(partner.Refresh(FirstRefreshToken(kShop), "shop_id", kShop), "message"), text);
  }
  const std::string code = emulator_.AuthorizeMainAccount(kKrMainAccount);
  for (const char* preset : {"code_invalid", "code_not_found"}) {
    play(preset);
    EXPECT_FALSE(partner.Redeem(code, "main_account_id", kKrMainAccount).contains("access_token")) << preset;
  }
  play("login_names_nobody");
  const auto login = partner.Redeem(code, "main_account_id", kKrMainAccount);
  EXPECT_FALSE(Text(login, "access_token").empty());
  EXPECT_TRUE(List(login, "shop_id_list").empty());
  EXPECT_TRUE(List(login, "merchant_id_list").empty());
  play("login_past_expiry");
  const auto past = partner.Redeem(emulator_.AuthorizeShop(kShop), "shop_id", kShop);
  EXPECT_LT(past.at("expire_in").to_number<int64_t>(), now_.load());
  play("bare_answer");
  const auto bare = partner.Get("/api/v2/public/get_shops_by_partner");
  EXPECT_FALSE(List(bare, "authed_shop_list").empty());
  EXPECT_FALSE(bare.contains("error"));
  EXPECT_FALSE(bare.contains("message"));
}

TEST_F(FaultTest, EveryPresetCanBeSetByNameAndOverridden) {
  Connection control(emulator_.port());
  for (const std::string& name : emulator::PresetNames()) {
    const HttpReply set = control.Send("POST", "/_emulator/faults", R"({"preset":")" + name + R"("})");
    EXPECT_EQ(set.status, 200) << name << set.body;
  }
  const HttpReply limited = control.Send(
      "POST", "/_emulator/faults",
      R"({"preset":"rate_limit","status":429,"close_after":9,"headers":{"Retry-After":"9"},"probability":0.25,"shop_id":600001})");
  const auto described = limited.Json();
  const auto& last = List(described, "faults").back().get_object();
  EXPECT_EQ(last.at("status").as_int64(), 429);
  EXPECT_EQ(last.at("close_after").to_number<int>(), 9);
  EXPECT_EQ(last.at("probability").as_double(), 0.25);
  EXPECT_EQ(Text(last, "error"), "error_rate_limit");
}

}  // namespace
}  // namespace emulator_test

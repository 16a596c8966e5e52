// A platform or proxy that repeats what it was sent: no text of its answer shows a secret to a caller or in
// the log, however it is encoded.
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "gateway/gateway_fixture.h"

namespace firstmile::gateway {
namespace {

constexpr char kToken[] = "canaryToken+0123/4567=";

std::string EachByte(absl::string_view text, const std::function<std::string(unsigned char)>& form) {
  std::string encoded;
  for (const char c : text) encoded += form(static_cast<unsigned char>(c));
  return encoded;
}

// Encoded for a JSON text, whose decoding removes one level of escapes.
std::vector<std::string> EchoesOf(const std::string& secret) {
  return {secret,
          EachByte(secret, [](unsigned char c) { return absl::StrFormat("\\u%04x", c); }),
          EachByte(secret, [](unsigned char c) { return absl::StrFormat("\\u%04X", c); }),
          EachByte(secret, [](unsigned char c) { return absl::StrFormat("\\\\u%04x", c); }),
          EachByte(secret, [](unsigned char c) { return absl::StrFormat("%%%02X", c); }),
          EachByte(secret, [](unsigned char c) { return absl::StrFormat("%%25%02x", c); }),
          EachByte(secret, [](unsigned char c) { return absl::StrFormat("&#%d;", c); }),
          absl::Base64Escape(secret),
          absl::WebSafeBase64Escape("{" + secret + "}"),
          absl::BytesToHexString(secret),
          "\\u0063" + secret.substr(1)};
}

// Whether `text`, with all escapes undone, contains `secret`.
bool Shows(std::string text, const std::string& secret) {
  for (int level = 0; level < 4; ++level) {
    for (const std::string& form :
         {secret, absl::BytesToHexString(secret), absl::Base64Escape(secret).substr(0, secret.size()),
          absl::Base64Escape("x" + secret).substr(2, secret.size()),
          absl::WebSafeBase64Escape("{" + secret).substr(2, secret.size())}) {
      if (absl::StrContains(absl::AsciiStrToLower(text), absl::AsciiStrToLower(form))) return true;
    }
    std::string next;
    for (std::size_t i = 0; i < text.size();) {
      const int digits = absl::StartsWith(text.substr(i), "\\u") ? 4 : text[i] == '%' ? 2 : 0;
      const std::size_t begin = i + (digits == 4 ? 2 : 1);
      unsigned byte = 0;
      if (digits > 0 && absl::SimpleHexAtoi(text.substr(begin, static_cast<std::size_t>(digits)), &byte)) {
        next.push_back(static_cast<char>(byte));
        i = begin + static_cast<std::size_t>(digits);
      } else if (absl::StartsWith(text.substr(i), "&#")) {
        next.push_back(static_cast<char>(std::atoi(text.c_str() + i + 2)));
        i = text.find(';', i) + 1;
      } else {
        next.push_back(text[i++]);
      }
    }
    text = next;
  }
  return false;
}

class EchoTest : public GatewayTest {
 protected:
  // Makes one read whose answer is `body`, with ECHO replaced by each form of the secret in turn.
  void ExpectNothingShown(const std::string& body, int attempts = 1) {
    for (const std::string& echo : EchoesOf(kToken)) {
      for (int i = 0; i < attempts; ++i) transport_.Then(Answer(absl::StrReplaceAll(body, {{"ECHO", echo}})));
      CallContext context = Context();
      context.access_token.emplace(std::string(kToken));
      read_answer_.Clear();
      const CallReport report = Finish(StartRead(std::move(context)));
      for (const std::string& text :
           {report.status.message(), report.status.SerializeAsString(), report.vendor_code, report.request_id,
            Info(report).DebugString(), read_answer_.DebugString(), read_answer_.SerializeAsString()}) {
        EXPECT_FALSE(Shows(text, kToken)) << echo << " in " << text;
      }
      seen_ = report;
    }
  }

  CallReport seen_;
};

TEST_F(EchoTest, InAMessage) {
  ExpectNothingShown(R"({"request_id":"r","error":"error_param","message":"bad token ECHO, sorry"})");
  EXPECT_TRUE(absl::StrContains(seen_.status.message(), "bad token ***")) << seen_.status.message();
  EXPECT_TRUE(absl::StrContains(seen_.status.message(), "***, sorry")) << seen_.status.message();
}

TEST_F(EchoTest, InTheOtherTextsOfAnError) {
  ExpectNothingShown(R"({"request_id":"ECHO","error":"error_param","message":"m"})");
  ExpectNothingShown(R"({"request_id":"r","error":"error_ECHO","message":"m"})");
  ExpectNothingShown(R"({"request_id":"r","error":"error_param","msg":"ECHO"})");
  ExpectNothingShown(R"({"request_id":"r","error":{"ECHO":"ECHO"},"message":["ECHO"]})");
}

TEST_F(EchoTest, InASuccess) {
  ExpectNothingShown(R"({"request_id":"r","error":"","response":{"tracking_number":"ECHO"}})");
  ExpectNothingShown(
      R"({"request_id":"ECHO","error":"","message":"ECHO","response":{"tracking_number":"1"}})");
  ExpectNothingShown(R"({"error":"","warning":["ECHO",{"order_sn":"ECHO","why":"ECHO"}],"response":{}})");
  ExpectNothingShown(R"({"error":"","response":{"tracking_number":"1","ECHO":1,"debug":{"url":"ECHO"}}})");
}

TEST_F(EchoTest, WhereTheTextIsCut) {
  for (const std::size_t before : {2030U, 2040U, 2047U, 2048U}) {
    ExpectNothingShown(absl::StrCat(R"({"request_id":"r","error":"error_param","message":")",
                                    std::string(before, 'x'), R"(ECHO"})"));
  }
}

TEST_F(EchoTest, InTextsOfTheConnection) {
  transport::HttpResult result = Failure(HttpFailure::kNotSent);
  result.detail = absl::StrCat("cannot open https://x/?access_token=", kToken);
  for (int i = 0; i < 3; ++i) transport_.Then(result);
  CallContext context = Context();
  context.access_token.emplace(std::string(kToken));
  const CallReport report = Finish(StartRead(std::move(context)));
  EXPECT_TRUE(absl::StrContains(report.status.message(), "cannot open")) << report.status.message();
  EXPECT_FALSE(Shows(report.status.message(), kToken)) << report.status.message();
}

TEST_F(EchoTest, TextsOfShopeeAreBounded) {
  const std::string code = "error_param" + std::string(1 << 20, 'c');
  const std::string message(1 << 20, 'm');
  transport_.Then(Answer(absl::StrCat(R"({"request_id":")", std::string(1 << 20, 'r'), R"(","error":")", code,
                                      R"(","message":")", message, "\"}")));
  const CallReport report = Read();
  EXPECT_EQ(report.vendor_code.size(), 128U);
  EXPECT_EQ(report.request_id.size(), 128U);
  EXPECT_TRUE(absl::EndsWith(report.request_id, "r\xE2\x80\xA6")) << "marked as cut";
  EXPECT_LT(report.status.ByteSizeLong(), 4096U);
}

TEST_F(EchoTest, NothingThatATerminalObeysReachesAMessage) {
  transport_.Then(
      Answer("{\"request_id\":\"\\u001b]0;x\\u0007\",\"error\":\"error_param\",\"message\":"
             "\"a\\u009b31m\\u202Eb\\u2028c\"}"));
  const CallReport report = Read();
  EXPECT_TRUE(absl::StrContains(report.status.message(), "a 31m b c")) << report.status.message();
  EXPECT_EQ(Info(report).metadata().at("requestId"), " ]0;x ");
}

}  // namespace
}  // namespace firstmile::gateway

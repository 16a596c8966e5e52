#include "transport/curl_text.h"

#include <gtest/gtest.h>

namespace firstmile::transport {
namespace {

TEST(FailureText, DescribesTheConnectionInLibcurlsWords) {
  EXPECT_EQ(FailureText(CURLE_COULDNT_CONNECT, "Failed to connect to host port 9: Connection refused"),
            "Failed to connect to host port 9: Connection refused");
  EXPECT_EQ(FailureText(CURLE_COULDNT_CONNECT, ""), curl_easy_strerror(CURLE_COULDNT_CONNECT));
}

// The detail of any other failure may quote Shopee.
TEST(FailureText, QuotesNoAnswer) {
  for (const CURLcode code : {CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR,
                              CURLE_UNSUPPORTED_PROTOCOL, CURLE_HTTP2_STREAM, CURLE_TOO_MANY_REDIRECTS}) {
    EXPECT_EQ(FailureText(code, "Invalid Content-Length: canary").find("canary"), std::string::npos) << code;
  }
}

TEST(FailureText, HoldsNothingThatATerminalObeys) {
  EXPECT_EQ(FailureText(CURLE_PEER_FAILED_VERIFICATION, "subject '\x1B[2J'"), "subject ' [2J'");
}

}  // namespace
}  // namespace firstmile::transport

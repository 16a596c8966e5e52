// Requests that were not sent: whether the host or this process caused it.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "support/temp_file.h"
#include "transport/curl_failure.h"
#include "transport/upstream_case.h"

namespace firstmile::testing {
namespace {

using transport::CurlTransportOptions;
using transport::HttpFailure;
using transport::HttpRequest;
using transport::HttpResult;
using transport::IsOfTheHost;

void AnswerAll(ByteUpstream::Peer& peer) {
  while (const auto request = peer.Read()) peer.Write(HttpAnswer(request->target));
}

// Keeps all descriptors in use while it exists.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = dup(0);
    close(next);
    const rlimit none{static_cast<rlim_t>(next), before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

class OwnFailuresTest : public ::testing::Test {
 protected:
  ByteUpstream upstream_{Wire::kTls, AnswerAll};
};

TEST_F(OwnFailuresTest, AUrlThatLibcurlDoesNotTake) {
  TransportBefore transport(upstream_);
  for (const std::size_t size : {std::size_t{1'200'000}, std::size_t{9'000'000}}) {
    const HttpResult result = transport.Get(absl::StrCat("/own?order_sn=", std::string(size, 'A')));
    EXPECT_EQ(result.failure, HttpFailure::kLocalFault) << size << ": " << result.detail;
    EXPECT_FALSE(absl::StrContains(result.detail, "AAA"));
  }
  EXPECT_EQ(transport.Get("/own").response.body, "/own") << "the next one is served";
}

TEST_F(OwnFailuresTest, ATextThatIsNoUrl) {
  TransportBefore transport(upstream_);
  HttpRequest request = transport.Request("/own");
  request.url = secrets::Secret(std::string("https://127.0.0.1:port/"));
  EXPECT_EQ(transport.Send(std::move(request)).failure, HttpFailure::kLocalFault);
}

TEST_F(OwnFailuresTest, ACaFileThatIsMissingOrHoldsNoCertificate) {
  for (const std::string& file : {TempPath("missing.pem"), WriteTempFile("none.pem", "no certificate\n")}) {
    CurlTransportOptions options;
    options.ca_file = file;
    TransportBefore transport(upstream_, options);
    const HttpResult result = transport.Get("/own");
    EXPECT_EQ(result.failure, HttpFailure::kLocalFault) << file;
    EXPECT_TRUE(absl::StrContains(result.detail, file)) << result.detail;
  }
}

TEST_F(OwnFailuresTest, NoDescriptorIsFree) {
  {
    // UndefinedBehaviorSanitizer needs a descriptor the first time it sees a type.
    TransportBefore first(upstream_);
    ASSERT_EQ(first.Get("/own").response.body, "/own");
  }
  TransportBefore transport(upstream_);
  {
    const NoDescriptors none;
    const HttpResult result = transport.Get("/own");
    EXPECT_EQ(result.failure, HttpFailure::kLocalFault) << result.detail;
  }
  const HttpResult result = transport.Get("/own");
  EXPECT_EQ(result.response.body, "/own") << result.detail;
}

TEST_F(OwnFailuresTest, AnUntrustedCertificateIsTheHostsFailure) {
  const ByteUpstream another(Wire::kTls, AnswerAll);
  CurlTransportOptions options;
  options.ca_file = another.ca_file();
  TransportBefore transport(upstream_, options);
  EXPECT_EQ(transport.Get("/own").failure, HttpFailure::kNotSent);
}

// An upstream that accepts connections and never answers.
class SilentUpstreamTest : public ::testing::Test {
 protected:
  HttpFailure FailureAfter(std::chrono::milliseconds timeout, std::chrono::milliseconds connect_timeout) {
    CurlTransportOptions options;
    options.connect_timeout = connect_timeout;
    TransportBefore transport(upstream_, options);
    HttpRequest request = transport.Request("/own");
    request.timeout = timeout;
    return transport.Send(std::move(request)).failure;
  }

  ByteUpstream upstream_{Wire::kNoHandshake, [](ByteUpstream::Peer& peer) { peer.AwaitClose(); }};
};

TEST_F(SilentUpstreamTest, AHurriedAttemptSaysNothingAboutTheHost) {
  EXPECT_EQ(FailureAfter(std::chrono::milliseconds(50), std::chrono::seconds(30)),
            HttpFailure::kNotSentInTime);
}

TEST_F(SilentUpstreamTest, AHostThatDoesNotConnectInTheTimeForItFails) {
  EXPECT_EQ(FailureAfter(std::chrono::seconds(30), std::chrono::milliseconds(50)), HttpFailure::kNotSent);
}

TEST(IsOfTheHost, IsNotAShortageOfThisMachine) {
  EXPECT_TRUE(IsOfTheHost(CURLE_COULDNT_CONNECT, ECONNREFUSED));
  EXPECT_TRUE(IsOfTheHost(CURLE_COULDNT_CONNECT, ENETUNREACH));
  for (const int error : {EADDRNOTAVAIL, EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
    EXPECT_FALSE(IsOfTheHost(CURLE_COULDNT_CONNECT, error)) << error;
  }
}

TEST(IsOfTheHost, IsNothingThatLibcurlRefusesByItself) {
  for (const CURLcode code :
       {CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_FAILED_INIT, CURLE_OUT_OF_MEMORY,
        CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
        CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_INITFAILED, CURLE_INTERFACE_FAILED, CURLE_READ_ERROR}) {
    EXPECT_FALSE(IsOfTheHost(code, 0)) << curl_easy_strerror(code);
  }
  for (const CURLcode code : {CURLE_COULDNT_RESOLVE_HOST, CURLE_OPERATION_TIMEDOUT, CURLE_SSL_CONNECT_ERROR,
                              CURLE_PEER_FAILED_VERIFICATION, CURLE_SEND_ERROR, CURLE_RECV_ERROR}) {
    EXPECT_TRUE(IsOfTheHost(code, 0)) << curl_easy_strerror(code);
  }
}

}  // namespace
}  // namespace firstmile::testing

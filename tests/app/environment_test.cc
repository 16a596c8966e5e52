// What libraries must not find in the environment.
#include "app/environment.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace firstmile::app {
namespace {

TEST(Environment, WhatShowsSecretsOrMovesCallsIsTakenFromLibraries) {
  for (const char* name :
       {"GRPC_TRACE", "GRPC_VERBOSITY", "grpc_trace", "SSLKEYLOGFILE", "CURL_HOME", "QLOGDIR", "http_proxy",
        "HTTPS_PROXY", "ALL_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"}) {
    EXPECT_TRUE(IsLibraryVariable(name)) << name;
    setenv(name, "x", 1);
  }
  for (const char* name : {"FIRSTMILE_PARTNER_KEY", "PATH", "HOME", "TZ", "OPENSSL_CONF", "PROXY_KEY"}) {
    EXPECT_FALSE(IsLibraryVariable(name)) << name;
  }
  setenv("FIRSTMILE_PARTNER_KEY", "kept", 1);
  RemoveLibraryVariables();
  for (const char* name :
       {"GRPC_TRACE", "grpc_trace", "SSLKEYLOGFILE", "CURL_HOME", "http_proxy", "SSL_CERT_FILE"}) {
    EXPECT_EQ(std::getenv(name), nullptr) << name;
  }
  EXPECT_STREQ(std::getenv("FIRSTMILE_PARTNER_KEY"), "kept");
  unsetenv("FIRSTMILE_PARTNER_KEY");
}

}  // namespace
}  // namespace firstmile::app

#include "app/version.h"

#include <curl/curl.h>
#include <google/protobuf/stubs/common.h>
#include <grpcpp/grpcpp.h>
#include <openssl/crypto.h>

#include "absl/strings/str_cat.h"

namespace firstmile::app {
namespace {

// Protobuf refuses to run with another version than it was compiled against, so that this one is loaded.
std::string ProtobufVersion() {
  constexpr int kVersion = GOOGLE_PROTOBUF_VERSION;
  return absl::StrCat(kVersion / 1'000'000, ".", kVersion / 1'000 % 1'000, ".", kVersion % 1'000);
}

}  // namespace

std::string VersionText() {
  return absl::StrCat("firstmiled ", FIRSTMILE_VERSION, " (gRPC ", grpc::Version(), ", Protobuf ",
                      ProtobufVersion(), ", libcurl ", curl_version_info(CURLVERSION_NOW)->version,
                      ", OpenSSL ", OpenSSL_version(OPENSSL_VERSION_STRING), ")");
}

}  // namespace firstmile::app

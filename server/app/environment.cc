#include "app/environment.h"

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"

namespace firstmile::app {
namespace {

// What each would do:
//   GRPC_            traces write metadata, and with it callers' tokens, to the log; others change the
//                    resolver, experiments and roots of trust, which are untested with this program
//   SSLKEYLOGFILE    libcurl writes the keys of every TLS connection to that file
//   CURL_, QLOGDIR   libcurl's traces and its choice of a TLS library
//   _PROXY           another host would see what is sent
//   SSL_CERT_        OpenSSL would trust other authorities than upstream.ca_file
constexpr absl::string_view kBeginnings[] = {"GRPC_", "SSLKEYLOGFILE", "CURL_", "QLOGDIR", "SSL_CERT_"};
constexpr absl::string_view kEnds[] = {"_PROXY"};

}  // namespace

bool IsLibraryVariable(absl::string_view name) {
  for (const absl::string_view begin : kBeginnings) {
    if (absl::StartsWithIgnoreCase(name, begin)) return true;
  }
  for (const absl::string_view end : kEnds) {
    if (absl::EndsWithIgnoreCase(name, end)) return true;
  }
  return false;
}

void RemoveLibraryVariables() {
  std::vector<std::string> names;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const absl::string_view line = *variable;
    const absl::string_view name = line.substr(0, line.find('='));
    if (IsLibraryVariable(name)) names.emplace_back(name);
  }
  for (const std::string& name : names) unsetenv(name.c_str());
}

}  // namespace firstmile::app

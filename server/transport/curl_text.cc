#include "transport/curl_text.h"

#include "absl/strings/string_view.h"
#include "text/clean_text.h"

namespace firstmile::transport {
namespace {

constexpr std::size_t kTextBytesMax = CURL_ERROR_SIZE;

bool ConcernsConnection(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:  // says what is wrong with the certificate
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string FailureText(CURLcode code, const char* detail) {
  const absl::string_view said = detail;
  const bool shown = !said.empty() && ConcernsConnection(code);
  return text::CleanText(shown ? said : curl_easy_strerror(code), kTextBytesMax);
}

}  // namespace firstmile::transport

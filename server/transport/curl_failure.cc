#include "transport/curl_failure.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace firstmile::transport {

bool IsOfTheHost(CURLcode code, long os_error) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:  // or this machine has run out of ports or buffers
      return os_error != EADDRNOTAVAIL && os_error != ENOBUFS && os_error != ENOMEM && os_error != EMFILE &&
             os_error != ENFILE;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR:
      return true;
    default:
      return false;
  }
}

bool IsOutOfSockets() {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe >= 0) close(probe);
  return probe < 0;
}

}  // namespace firstmile::transport

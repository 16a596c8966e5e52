#include "app/listen_address.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace firstmile::app {
namespace {

class Socket {
 public:
  explicit Socket(int family) : fd_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() { close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

sockaddr_un UnixAddress(absl::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

absl::Status CheckUnixPath(const std::string& address, absl::string_view path) {
  if (!absl::StartsWith(path, "/")) {
    return absl::InvalidArgumentError("listen: the path of a socket must be absolute: unix:/path");
  }
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat("listen: ", address, ": a socket path has at most ",
                                                   sizeof(sockaddr_un::sun_path) - 1, " characters"));
  }
  const Socket probe(AF_UNIX);
  const sockaddr_un target = UnixAddress(path);
  if (connect(probe.fd(), reinterpret_cast<const sockaddr*>(&target), sizeof(target)) == 0) {
    return absl::AlreadyExistsError(
        absl::StrCat("cannot listen on ", address, ": another process serves it"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckListenAddress(const std::string& address) {
  absl::string_view path = address;
  if (absl::ConsumePrefix(&path, "unix:")) return CheckUnixPath(address, path);
  const std::size_t colon = address.rfind(':');
  int port = -1;
  if (colon == 0 || colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port < 0 || port > 65535) {
    return absl::InvalidArgumentError("listen: an address must be host:port or unix:/absolute/path");
  }
  return absl::OkStatus();
}

std::string BindProblem(const std::string& address) {
  if (absl::StartsWith(address, "unix:")) return "is its directory there and writable?";
  const std::size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (absl::StartsWith(host, "[")) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &found); error != 0) {
    return gai_strerror(error);
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
  const Socket probe(found->ai_family);
  const int yes = 1;
  setsockopt(probe.fd(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  return bind(probe.fd(), found->ai_addr, found->ai_addrlen) == 0 ? "" : std::strerror(errno);
}

}  // namespace firstmile::app

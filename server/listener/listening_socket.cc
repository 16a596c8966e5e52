#include "listener/listening_socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace firstmile::listener {
namespace {

constexpr int kBacklog = 4096;  // the system reduces it to net.core.somaxconn
constexpr int kPortMax = 65535;
// How much received data the system buffers for gRPC: little, so that a flood leaves little to read when its
// connection is closed. A request is small.
constexpr int kReceiveBufferBytes = 128 * 1024;
// A caller that vanished is noticed after a bit more than a minute.
constexpr int kKeepaliveIdleSeconds = 45;
constexpr int kKeepaliveProbeSeconds = 5;
constexpr int kKeepaliveProbes = 4;
constexpr int kUnacknowledgedMaxMs = 60'000;
// Attempts to find one port that is free at each address of a host.
constexpr int kPortTries = 10;

std::string Reason(int error) {
  return std::strerror(error);
}

void SetOption(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof(value));
}

absl::StatusOr<ListenAddress> UnixAddress(const std::string& text, absl::string_view path) {
  if (!absl::StartsWith(path, "/")) {
    return absl::InvalidArgumentError("the path of a socket must be absolute: unix:/path");
  }
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return absl::InvalidArgumentError(
        absl::StrCat(text, ": a socket path has at most ", sizeof(sockaddr_un::sun_path) - 1, " characters"));
  }
  SocketAddress address;
  auto& file = reinterpret_cast<sockaddr_un&>(address.storage);
  file.sun_family = AF_UNIX;
  path.copy(file.sun_path, sizeof(file.sun_path) - 1);
  address.length = sizeof(file);
  return ListenAddress{text, {address}};
}

absl::StatusOr<ListenAddress> HostAddress(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  int port = -1;
  if (colon == 0 || colon == std::string::npos || !absl::SimpleAtoi(text.substr(colon + 1), &port) ||
      port < 0 || port > kPortMax) {
    return absl::InvalidArgumentError("an address must be host:port or unix:/absolute/path");
  }
  absl::string_view host = absl::string_view(text).substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(std::string(host).c_str(), absl::StrCat(port).c_str(), &hints, &found);
  if (error != 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", text, ": ", gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
  ListenAddress address{text, {}};
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    SocketAddress& one = address.resolved.emplace_back();
    std::memcpy(&one.storage, each->ai_addr, each->ai_addrlen);
    one.length = each->ai_addrlen;
  }
  return address;
}

// Accepted connections inherit these.
void SetTcpOptions(int fd, int family) {
  SetOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  SetOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveIdleSeconds);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveProbeSeconds);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveProbes);
  SetOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, kUnacknowledgedMaxMs);
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (family == AF_INET6)
    SetOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);  // without it, [::] accepts IPv4 callers too
}

bool SomebodyServes(const SocketAddress& address) {
  const Descriptor probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (connect(probe.get(), &address.get(), address.length) == 0) return true;
  return errno == EAGAIN;  // its queue is full, so it is being served
}

// A dead process's socket file would prevent the bind.
absl::Status RemoveStaleSocket(const SocketAddress& address) {
  const char* path = reinterpret_cast<const sockaddr_un&>(address.storage).sun_path;
  struct stat file{};
  if (lstat(path, &file) != 0) return absl::OkStatus();
  if (!S_ISSOCK(file.st_mode)) return absl::UnavailableError("a file that is no socket is there");
  if (SomebodyServes(address)) return absl::AlreadyExistsError("another process serves it");
  unlink(path);
  return absl::OkStatus();
}

bool IsMissingFamily(const absl::Status& status) {
  return absl::IsUnimplemented(status);
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

int Descriptor::Release() {
  return std::exchange(fd_, -1);
}

void Descriptor::Close() {
  if (fd_ >= 0) close(Release());
}

int SocketAddress::port() const {
  if (get().sa_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  if (get().sa_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
  return 0;
}

void SocketAddress::set_port(int port) {
  const in_port_t number = htons(static_cast<in_port_t>(port));
  if (get().sa_family == AF_INET) reinterpret_cast<sockaddr_in&>(storage).sin_port = number;
  if (get().sa_family == AF_INET6) reinterpret_cast<sockaddr_in6&>(storage).sin6_port = number;
}

std::string HostOf(const SocketAddress& address) {
  if (address.get().sa_family != AF_INET && address.get().sa_family != AF_INET6) return "";
  char host[INET6_ADDRSTRLEN];
  if (address.get().sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
    return inet_ntop(AF_INET, &v4.sin_addr, host, sizeof(host));
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage);
  absl::string_view text = inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof(host));
  const absl::string_view whole = text;
  if (absl::ConsumePrefix(&text, "::ffff:") && absl::StrContains(text, '.')) return std::string(text);
  // A link-local address has a scope; gRPC prints its number.
  return v6.sin6_scope_id == 0 ? std::string(whole) : absl::StrCat(whole, "%", v6.sin6_scope_id);
}

absl::StatusOr<ListenAddress> ResolveListenAddress(const std::string& text) {
  absl::string_view path = text;
  return absl::ConsumePrefix(&path, "unix:") ? UnixAddress(text, path) : HostAddress(text);
}

absl::StatusOr<ListeningSocket> ListeningSocket::Bind(const SocketAddress& address) {
  const int family = address.get().sa_family;
  Descriptor fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) {
    return errno == EAFNOSUPPORT ? absl::UnimplementedError(Reason(errno))
                                 : absl::UnavailableError(Reason(errno));
  }
  if (family == AF_UNIX) {
    if (absl::Status free = RemoveStaleSocket(address); !free.ok()) return free;
  } else {
    SetTcpOptions(fd.get(), family);
  }
  SetOption(fd.get(), SOL_SOCKET, SO_RCVBUF, kReceiveBufferBytes);
  if (bind(fd.get(), &address.get(), address.length) != 0 || listen(fd.get(), kBacklog) != 0) {
    return errno == EADDRNOTAVAIL ? absl::UnimplementedError(Reason(errno))
                                  : absl::UnavailableError(Reason(errno));
  }
  return ListeningSocket(std::move(fd), address);
}

ListeningSocket::ListeningSocket(Descriptor fd, const SocketAddress& address)
    : fd_(std::move(fd)), address_(address) {
  if (address.get().sa_family != AF_UNIX) {
    getsockname(fd_.get(), &address_.get(), &address_.length);
    return;
  }
  path_ = reinterpret_cast<const sockaddr_un&>(address_.storage).sun_path;
  struct stat file{};
  if (stat(path_.c_str(), &file) == 0) {
    device_ = file.st_dev;
    file_ = file.st_ino;
  }
}

ListeningSocket::~ListeningSocket() {
  if (fd_.get() < 0 || path_.empty()) return;
  struct stat file{};
  if (stat(path_.c_str(), &file) == 0 && file.st_dev == device_ && file.st_ino == file_) {
    unlink(path_.c_str());
  }
}

absl::StatusOr<std::vector<ListeningSocket>> ListeningSocket::Open(const ListenAddress& address) {
  absl::Status trouble;
  for (int attempt = 0; attempt < kPortTries; ++attempt) {
    std::vector<ListeningSocket> sockets;
    trouble = absl::OkStatus();
    absl::Status missing;
    for (SocketAddress each : address.resolved) {
      const bool chosen = each.port() == 0 && !sockets.empty();
      if (chosen) each.set_port(sockets.front().address().port());
      absl::StatusOr<ListeningSocket> socket = Bind(each);
      if (socket.ok()) {
        sockets.push_back(*std::move(socket));
      } else if (IsMissingFamily(socket.status())) {
        missing = socket.status();
      } else {
        trouble = socket.status();
        break;
      }
    }
    if (trouble.ok() && !sockets.empty()) return sockets;
    if (trouble.ok()) trouble = missing;
    if (address.resolved.size() < 2 || address.resolved.front().port() != 0) break;
  }
  const bool taken = absl::IsAlreadyExists(trouble);
  return absl::Status(taken ? absl::StatusCode::kAlreadyExists : absl::StatusCode::kUnavailable,
                      absl::StrCat("cannot listen on ", address.text, ": ", trouble.message()));
}

}  // namespace firstmile::listener

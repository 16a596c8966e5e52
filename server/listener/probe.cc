#include "listener/probe.h"

#include <netinet/in.h>
#include <sys/un.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace firstmile::listener {
namespace {

absl::Status SystemError(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(errno)));
}

// The source address of a probe: loopback, which wildcard addresses accept too. For a Unix socket the system
// chooses a name.
SocketAddress SourceFor(SocketAddress listening) {
  listening.set_port(0);
  if (listening.get().sa_family == AF_UNIX) {
    listening.length = sizeof(sa_family_t);
  } else if (listening.get().sa_family == AF_INET) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(listening.storage);
    if (v4.sin_addr.s_addr == htonl(INADDR_ANY)) v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(listening.storage);
    if (IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr)) v6.sin6_addr = in6addr_loopback;
  }
  return listening;
}

SocketAddress TargetFor(const SocketAddress& listening, const SocketAddress& source) {
  if (listening.get().sa_family == AF_UNIX) return listening;
  SocketAddress target = source;
  target.set_port(listening.port());
  return target;
}

}  // namespace

std::string NameOf(const SocketAddress& caller) {
  if (caller.get().sa_family != AF_UNIX) return absl::StrCat(HostOf(caller), ":", caller.port());
  constexpr std::size_t kStart = offsetof(sockaddr_un, sun_path);
  if (caller.length <= kStart) return "";
  return std::string(reinterpret_cast<const sockaddr_un&>(caller.storage).sun_path, caller.length - kStart);
}

absl::Status Probes::Try(const SocketAddress& listening, absl::Duration timeout) {
  const Descriptor fd(socket(listening.get().sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return SystemError("no socket");
  SocketAddress source = SourceFor(listening);
  const SocketAddress target = TargetFor(listening, source);
  if (bind(fd.get(), &source.get(), source.length) != 0) return SystemError("cannot bind");
  source.length = sizeof(source.storage);
  getsockname(fd.get(), &source.get(), &source.length);
  const std::string name = NameOf(source);
  {
    const std::lock_guard lock(mutex_);
    waiting_.try_emplace(name);
  }
  const absl::Cleanup forget = [this, &name] {
    const std::lock_guard lock(mutex_);
    waiting_.erase(name);
  };
  if (connect(fd.get(), &target.get(), target.length) != 0 && errno != EINPROGRESS) {
    return SystemError("cannot connect");
  }
  return Await(name, timeout);
}

absl::Status Probes::Await(const std::string& name, absl::Duration timeout) {
  const auto until = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(timeout);
  std::unique_lock lock(mutex_);
  const auto answered = [this, &name] { return waiting_.at(name).has_value(); };
  if (!changed_.wait_until(lock, until, answered)) {
    return absl::DeadlineExceededError(
        absl::StrCat("a connection was not accepted within ",
                     absl::FormatDuration(absl::Ceil(timeout, absl::Milliseconds(1)))));
  }
  return *waiting_.at(name);
}

bool Probes::Expects(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return waiting_.contains(name);
}

bool Probes::Answer(const std::string& name, const absl::Status& outcome) {
  const std::lock_guard lock(mutex_);
  const auto waiting = waiting_.find(name);
  if (waiting == waiting_.end()) return false;
  waiting->second = outcome;
  changed_.notify_all();
  return true;
}

}  // namespace firstmile::listener

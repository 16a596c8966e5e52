// Listening sockets at host:port or at a path.
//
// Each object belongs to one thread at a time; the functions are safe from any thread.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace firstmile::listener {

// Owns a descriptor and closes it; -1 is empty.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { Close(); }
  int get() const { return fd_; }
  int Release();
  void Close();

 private:
  int fd_ = -1;
};

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr& get() const { return reinterpret_cast<const sockaddr&>(storage); }
  sockaddr& get() { return reinterpret_cast<sockaddr&>(storage); }
  // For IPv4 and IPv6; 0 otherwise.
  int port() const;
  void set_port(int port);
};

// Numeric; an IPv4-mapped IPv6 address is printed as IPv4. Empty for other families.
std::string HostOf(const SocketAddress& address);

// One entry of `listen`.
struct ListenAddress {
  std::string text;  // "host:port" or "unix:/absolute/path"
  std::vector<SocketAddress> resolved;
};

// Fails with kInvalidArgument when the text is malformed or a socket path too long, and with kUnavailable
// when the host has no address. Uses the system's resolver.
absl::StatusOr<ListenAddress> ResolveListenAddress(const std::string& text);

class ListeningSocket {
 public:
  // Listens at each of the host's addresses, on one port if the system chooses it. Skips an address whose
  // family this machine lacks, as long as another remains. Replaces a socket file that no process serves; new
  // ones have the mode that the umask allows. Fails with kUnavailable and the system's reason, and with
  // kAlreadyExists when a live process serves the socket file.
  static absl::StatusOr<std::vector<ListeningSocket>> Open(const ListenAddress& address);

  ListeningSocket(ListeningSocket&&) = default;
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  // Removes the socket file, unless it has been replaced.
  ~ListeningSocket();

  int fd() const { return fd_.get(); }
  const SocketAddress& address() const { return address_; }  // with the port that the system chose

 private:
  ListeningSocket(Descriptor fd, const SocketAddress& address);
  static absl::StatusOr<ListeningSocket> Bind(const SocketAddress& address);

  Descriptor fd_;
  SocketAddress address_;
  std::string path_;  // of the socket file; may be empty
  dev_t device_ = 0;
  ino_t file_ = 0;
};

}  // namespace firstmile::listener

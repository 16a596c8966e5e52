#include "app/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>
#include <string>

#include "absl/strings/match.h"

namespace firstmile::app {
namespace {

constexpr unsigned char kLoopbackNetwork = 127;

bool IsLoopback(const in_addr& address) {
  return ntohl(address.s_addr) >> 24U == kLoopbackNetwork;
}

bool IsLoopback(const in6_addr& address) {
  if (!IN6_IS_ADDR_V4MAPPED(&address)) return IN6_IS_ADDR_LOOPBACK(&address) != 0;
  in_addr mapped{};
  std::memcpy(&mapped, address.s6_addr + sizeof(address) - sizeof(mapped), sizeof(mapped));
  return IsLoopback(mapped);
}

}  // namespace

bool IsLoopbackHost(absl::string_view host) {
  if (absl::EqualsIgnoreCase(host, "localhost")) return true;
  const std::string text(host);
  if (text.size() != std::strlen(text.c_str())) return false;  // the library would read up to the NUL alone
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return IsLoopback(v4);
  in6_addr v6{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IsLoopback(v6);
}

bool IsLoopbackAddress(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    return IsLoopback(reinterpret_cast<const sockaddr_in&>(address).sin_addr);
  }
  if (address.sa_family == AF_INET6) {
    return IsLoopback(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
  }
  return false;
}

}  // namespace firstmile::app

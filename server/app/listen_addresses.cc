#include "app/listen_addresses.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "app/loopback.h"

namespace firstmile::app {

bool ReachesBeyondThisMachine(const listener::ListenAddress& address) {
  return std::any_of(address.resolved.begin(), address.resolved.end(),
                     [](const listener::SocketAddress& one) {
                       return one.get().sa_family != AF_UNIX && !IsLoopbackAddress(one.get());
                     });
}

absl::StatusOr<std::vector<listener::ListenAddress>> ResolveListenAddresses(
    const std::vector<std::string>& listen, bool allow_anyone) {
  std::vector<listener::ListenAddress> addresses;
  for (const std::string& text : listen) {
    absl::StatusOr<listener::ListenAddress> address = listener::ResolveListenAddress(text);
    if (!address.ok()) return address.status();
    if (!allow_anyone && ReachesBeyondThisMachine(*address)) {
      return absl::InvalidArgumentError(absl::StrCat(
          text,
          " is not loopback, and everyone who reaches it could call for every shop: listen on 127.0.0.1, "
          "[::1] or unix:/path, or set allow_anyone: true in the configuration"));
    }
    addresses.push_back(*std::move(address));
  }
  return addresses;
}

}  // namespace firstmile::app

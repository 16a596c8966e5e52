#include "listener/connection_calls.h"

#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace firstmile::listener {

std::string EndpointOf(absl::string_view peer) {
  if (absl::ConsumePrefix(&peer, "ipv4:")) return std::string(peer);
  if (!absl::ConsumePrefix(&peer, "ipv6:")) return "";
  return absl::StrReplaceAll(peer, {{"[", ""}, {"]", ""}, {"%5B", ""}, {"%5D", ""}, {"%25", "%"}});
}

std::shared_ptr<ConnectionCalls> ConnectionRegistry::Add(const std::string& endpoint) {
  auto calls = std::make_shared<ConnectionCalls>();
  if (endpoint.empty()) return calls;
  const std::lock_guard lock(mutex_);
  connections_.insert_or_assign(endpoint, calls);
  return calls;
}

void ConnectionRegistry::Remove(const std::string& endpoint, const ConnectionCalls& calls) {
  const std::lock_guard lock(mutex_);
  const auto known = connections_.find(endpoint);
  if (known != connections_.end() && known->second.get() == &calls) connections_.erase(known);
}

std::shared_ptr<ConnectionCalls> ConnectionRegistry::Find(absl::string_view peer) const {
  const std::string endpoint = EndpointOf(peer);
  if (endpoint.empty()) return nullptr;
  const std::lock_guard lock(mutex_);
  const auto known = connections_.find(endpoint);
  return known == connections_.end() ? nullptr : known->second;
}

}  // namespace firstmile::listener

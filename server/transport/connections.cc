#include "transport/connections.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace firstmile::transport {
namespace {

using CheckResult = Connections::CheckResult;

std::string EndText(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> ip{};
  const bool v6 = address.ss_family == AF_INET6;
  const auto* four = reinterpret_cast<const sockaddr_in*>(&address);
  const auto* six = reinterpret_cast<const sockaddr_in6*>(&address);
  const void* bytes = v6 ? static_cast<const void*>(&six->sin6_addr) : &four->sin_addr;
  if (inet_ntop(address.ss_family, bytes, ip.data(), ip.size()) == nullptr) return "";
  return absl::StrCat(ip.data(), " ", ntohs(v6 ? six->sin6_port : four->sin_port));
}

std::string EndsOf(curl_socket_t socket) {
  sockaddr_storage remote{};
  sockaddr_storage local{};
  socklen_t size = sizeof remote;
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&remote), &size) != 0) return "";
  size = sizeof local;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&local), &size) != 0) return "";
  return absl::StrCat(EndText(remote), " ", EndText(local));
}

// Null without TLS, or when libcurl does not expose it.
const SSL* TlsOf(CURL* easy) {
  curl_tlssessioninfo* tls = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK) return nullptr;
  return tls->backend == CURLSSLBACKEND_OPENSSL ? static_cast<const SSL*>(tls->internals) : nullptr;
}

// TLS may have read bytes from the socket that no request has consumed.
bool TlsHoldsBytes(CURL* easy) {
  const SSL* tls = TlsOf(easy);
  return tls == nullptr || SSL_has_pending(tls) == 1;
}

bool SpeaksHttp2(CURL* easy) {
  const SSL* tls = TlsOf(easy);
  if (tls == nullptr) return false;
  const unsigned char* agreed = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(tls, &agreed, &size);
  return absl::string_view(reinterpret_cast<const char*>(agreed), size) == "h2";
}

CheckResult CheckSocket(curl_socket_t socket) {
  pollfd watched{socket, POLLIN | POLLRDHUP, 0};
  if (poll(&watched, 1, 0) == 0) return CheckResult::kReady;
  return watched.revents == POLLIN ? CheckResult::kUnrequestedBytes : CheckResult::kClosed;
}

}  // namespace

void Connections::Watch(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Connections::Open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA,
                   &openers_.try_emplace(easy, Opener{*this, {}}).first->second);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &Connections::Close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
}

CheckResult Connections::Check(CURL* easy, bool tls, const Ends& ends) {
  if (!trusted_) return CheckResult::kDistrusted;
  if (tls && SpeaksHttp2(easy)) return CheckResult::kShared;
  const std::string text =
      absl::StrCat(ends.remote_ip, " ", ends.remote_port, " ", ends.local_ip, " ", ends.local_port);
  auto found = Find(text);
  const bool first = found == sockets_.end();
  if (first) found = FindNew(easy, text);
  if (found == sockets_.end()) return CheckResult::kDistrusted;
  if (first && tls) return CheckResult::kReady;
  const CheckResult result_of_check = CheckSocket(found->first);
  return result_of_check == CheckResult::kReady && tls && TlsHoldsBytes(easy) ? CheckResult::kUnrequestedBytes
                                                                              : result_of_check;
}

curl_socket_t Connections::Open(void* opener, curlsocktype, struct curl_sockaddr* address) {
  auto& [connections, sockets] = *static_cast<Opener*>(opener);
  const curl_socket_t opened = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (opened == CURL_SOCKET_BAD) return opened;
  connections.Forget(opened);
  connections.sockets_[opened];
  sockets.push_back(opened);
  return opened;
}

int Connections::Close(void* self, curl_socket_t socket) {
  static_cast<Connections*>(self)->Forget(socket);
  return close(socket);
}

void Connections::Forget(curl_socket_t socket) {
  const auto found = sockets_.find(socket);
  if (found == sockets_.end()) return;
  by_ends_.erase(found->second);
  sockets_.erase(found);
}

Connections::Sockets::iterator Connections::Find(const std::string& ends) {
  const auto found = by_ends_.find(ends);
  return found == by_ends_.end() ? sockets_.end() : sockets_.find(found->second);
}

Connections::Sockets::iterator Connections::FindNew(CURL* easy, const std::string& ends) {
  const auto opener = openers_.find(easy);
  if (opener == openers_.end()) return sockets_.end();
  for (const curl_socket_t opened : opener->second.opened) {
    const auto at = sockets_.find(opened);
    if (at == sockets_.end() || !at->second.empty() || EndsOf(opened) != ends) continue;
    at->second = ends;
    by_ends_[ends] = opened;
    return at;
  }
  return sockets_.end();
}

}  // namespace firstmile::transport

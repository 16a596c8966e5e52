// Decides which of a pool's connections may carry another request.
//
// On HTTP/1.1, only the order on the connection ties an answer to its request. If unrequested bytes wait on a
// connection before a request is written, they would be taken for the answer to that request, and every later
// answer would reach the wrong call, even another shop's. libcurl 7.88 reuses such connections. So each
// connection is checked right before a request is sent, whatever libcurl does.
//
// HTTP/2 is exempt: its frames name their stream, and other streams' frames may wait.
//
// Not thread-safe; use it only on its event loop.
#pragma once

#include <curl/curl.h>

#include <string>
#include <unordered_map>
#include <vector>

namespace firstmile::transport {

class Connections {
 public:
  // The result of checking a connection.
  enum class CheckResult {
    kReady,             // no bytes wait: the request may be sent
    kClosed,            // the peer has closed it
    kUnrequestedBytes,  // unrequested bytes wait
    kDistrusted,        // it is unknown, or Distrust was called
    kShared,            // HTTP/2: the request may be sent, whatever waits
  };

  // The two endpoints of a connection, as libcurl reports them before a request.
  struct Ends {
    const char* remote_ip;
    int remote_port;
    const char* local_ip;
    int local_port;
  };

  // Registers the socket callbacks of `easy`. The connections outlive its multi handle.
  void Watch(CURL* easy);

  // `easy` opens no more sockets.
  void Unwatch(CURL* easy) { openers_.erase(easy); }

  // Call it in the pre-request callback of `easy`. The first request of a TLS connection is sent without a
  // check, since session tickets may wait.
  CheckResult Check(CURL* easy, bool tls, const Ends& ends);

  // No existing connection carries another request.
  void Distrust() { trusted_ = false; }

 private:
  // Each with its endpoints; empty before its first request.
  using Sockets = std::unordered_map<curl_socket_t, std::string>;

  // A transfer and the sockets that it opened: one, or one for each address that it tried. libcurl reports a
  // connection's endpoints, not its socket, and searching all sockets would make a burst quadratic.
  struct Opener {
    Connections& connections;
    std::vector<curl_socket_t> opened;
  };

  static curl_socket_t Open(void* opener, curlsocktype purpose, struct curl_sockaddr* address);
  static int Close(void* self, curl_socket_t socket);
  void Forget(curl_socket_t socket);
  Sockets::iterator Find(const std::string& ends);
  Sockets::iterator FindNew(CURL* easy, const std::string& ends);

  bool trusted_ = true;
  Sockets sockets_;  // as many as libcurl keeps and uses
  std::unordered_map<std::string, curl_socket_t> by_ends_;
  std::unordered_map<CURL*, Opener> openers_;
};

}  // namespace firstmile::transport

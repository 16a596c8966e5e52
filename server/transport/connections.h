// The connections of one event loop: which of them may carry another request.
//
// An HTTP/1.1 answer belongs to its request by its place on the connection alone. Bytes that wait on a
// connection before a request is written are an answer that nobody asked for; it would be taken for the
// answer to that request, and every later one would go to the wrong call, across shops. libcurl 7.88 reuses
// such a connection. So each is looked at directly before a request leaves, whatever libcurl does.
//
// For connections with one request at a time: HTTP/2 names the stream of each answer, and other streams'
// frames may wait. Belongs to its loop's thread.
#pragma once

#include <curl/curl.h>

#include <string>
#include <unordered_map>
#include <vector>

namespace firstmile::transport {

class Connections {
 public:
  // What a look at a connection has shown.
  enum class Look {
    kSilent,      // nothing waits on it: the request may leave
    kClosed,      // the other end has closed it
    kSpeaks,      // bytes wait that no request has asked for
    kDistrusted,  // it is older than the last Distrust, or not known
  };

  // The two ends of a connection, as libcurl tells them before a request.
  struct Ends {
    const char* remote_ip;
    int remote_port;
    const char* local_ip;
    int local_port;
  };

  // Has libcurl open and close the sockets of `easy` here. The connections outlive its multi handle.
  void Watch(CURL* easy);

  // `easy` opens no more sockets.
  void Unwatch(CURL* easy) { openers_.erase(easy); }

  // To be asked in the pre-request callback of `easy`. Over TLS the first request leaves without a look:
  // session tickets may wait for it.
  Look LookAt(CURL* easy, bool tls, const Ends& ends);

  // No connection that is open now carries another request.
  void Distrust();

 private:
  struct Connection {
    std::string ends;  // empty before its first request
    bool trusted = true;
  };
  using Sockets = std::unordered_map<curl_socket_t, Connection>;

  // A transfer and the sockets that it opened: one, or one for each address of the host that it tried.
  // libcurl names the ends of a connection and not its socket; a search through all would cost a burst its
  // square.
  struct Opener {
    Connections& connections;
    std::vector<curl_socket_t> opened;
  };

  static curl_socket_t Open(void* opener, curlsocktype purpose, struct curl_sockaddr* address);
  static int Close(void* self, curl_socket_t socket);
  void Forget(curl_socket_t socket);
  Sockets::iterator Find(const std::string& ends);
  Sockets::iterator FindNew(CURL* easy, const std::string& ends);

  Sockets sockets_;  // as many as libcurl keeps and uses
  std::unordered_map<std::string, curl_socket_t> by_ends_;
  std::unordered_map<CURL*, Opener> openers_;
};

}  // namespace firstmile::transport

// A scripted upstream over real sockets, with or without TLS.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"

namespace firstmile::testing {

enum class Wire {
  kPlain,
  kTls,
  kHttp2,        // within TLS, for clients that offer it; HTTP/1.1 for others
  kNoHandshake,  // an https address whose server does not answer the TLS handshake
};

// A complete answer with a Content-Length. Each of `fields` ends with CRLF.
std::string HttpAnswer(absl::string_view body, absl::string_view fields = "");

class ByteUpstream {
 public:
  struct Request {
    std::string target;  // path and query
    std::string head;    // all lines
    std::string body;
    int number = 0;  // on its connection, from 1
  };

  // One connection, on its thread.
  class Peer {
   public:
    Peer(int socket, SSL* tls) : socket_(socket), tls_(tls) {}
    // The next complete request; empty when the peer has closed.
    std::optional<Request> Read();
    // Exactly `size` bytes; empty when the peer has closed before.
    std::optional<std::string> ReadBytes(std::size_t size);
    // Whether both peers have agreed on HTTP/2.
    bool http2() const;
    // Written at once, over TLS in one record.
    void Write(absl::string_view bytes);
    // Closes the sending side.
    void End();
    // Waits until the peer has closed.
    void AwaitClose();

   private:
    bool ReadMore();

    const int socket_;
    SSL* const tls_;
    std::string unread_;
    int requests_ = 0;
  };

  // Runs for each connection after its handshake; the connection is closed when it returns.
  using Script = std::function<void(Peer& peer)>;

  ByteUpstream(Wire wire, Script script);
  ~ByteUpstream();  // ends all connections

  // Contains the address 127.0.0.1.
  const std::string& base_url() const { return base_url_; }
  // The upstream's self-signed certificate, in PEM; empty without TLS.
  const std::string& ca_file() const { return ca_file_; }
  int accepted() const { return accepted_; }
  // The last client's ALPN offer, in wire format.
  std::string offered_protocols() const;

 private:
  void Accept();
  void Serve(int socket);
  static int OnOffer(SSL* tls, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                     unsigned int in_size, void* self);

  const Wire wire_;
  const Script script_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, &SSL_CTX_free};
  std::string ca_file_;
  std::string base_url_;
  int listener_ = -1;
  std::atomic<int> accepted_ = 0;

  mutable std::mutex mutex_;  // guards the next three
  std::string offered_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;

  std::thread acceptor_;
};

}  // namespace firstmile::testing

// An upstream over real sockets, with or without TLS, that does with bytes what its script says.
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
  kNoHandshake,  // an https address where nobody answers to TLS
};

// A whole answer with the length of its body. `fields` end with CRLF each.
std::string HttpAnswer(absl::string_view body, absl::string_view fields = "");

class ByteUpstream {
 public:
  struct Request {
    std::string target;  // path and query
    std::string head;    // all lines
    std::string body;
    int number = 0;  // on its connection, from 1
  };

  // One connection, in its thread.
  class Peer {
   public:
    Peer(int socket, SSL* tls) : socket_(socket), tls_(tls) {}
    // The next whole request; nothing when the other end is gone.
    std::optional<Request> Read();
    // At once, in one record where it is TLS.
    void Write(absl::string_view bytes);
    // Sends the end of the connection.
    void End();
    // Returns when the other end has closed.
    void AwaitClose();

   private:
    bool ReadMore();

    const int socket_;
    SSL* const tls_;
    std::string unread_;
    int requests_ = 0;
  };

  // `script` runs for each connection after its handshake; its end closes the connection.
  using Script = std::function<void(Peer& peer)>;

  ByteUpstream(Wire wire, Script script);
  ~ByteUpstream();  // ends all connections

  // With the address 127.0.0.1.
  const std::string& base_url() const { return base_url_; }
  // Of the certificate that the upstream signs itself, in PEM; empty without TLS.
  const std::string& ca_file() const { return ca_file_; }
  int accepted() const { return accepted_; }
  // What the last client has offered by ALPN, in its wire form.
  std::string offered_protocols() const;

 private:
  void Accept();
  void Serve(int socket);
  static int OnOffer(SSL* tls, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                     unsigned int in_size, void* self);

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

#include "support/byte_upstream.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "support/temp_file.h"

namespace firstmile::testing {
namespace {

const std::string kHeadEnd = "\r\n\r\n";

// Creates a self-signed certificate for 127.0.0.1 in `context`; returns its file.
std::string Certify(SSL_CTX* context) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  X509* x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509), 24L * 3600);
  X509_set_pubkey(x509, key.get());
  X509_NAME* name = X509_get_subject_name(x509);
  const auto* text = reinterpret_cast<const unsigned char*>("127.0.0.1");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(x509, name);
  for (const auto& [kind, value] :
       {std::pair(NID_subject_alt_name, "IP:127.0.0.1"), std::pair(NID_basic_constraints, "CA:TRUE")}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
    X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
  }
  EXPECT_GT(X509_sign(x509, key.get(), EVP_sha256()), 0);
  EXPECT_EQ(SSL_CTX_use_certificate(context, x509), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey(context, key.get()), 1);
  static std::atomic<int> count = 0;
  std::string path = TempPath(absl::StrCat("ca-", ++count, ".pem"));
  std::FILE* file = std::fopen(path.c_str(), "w");
  EXPECT_EQ(PEM_write_X509(file, x509), 1);
  std::fclose(file);
  return path;
}

std::size_t BodySize(absl::string_view head) {
  constexpr absl::string_view kField = "\r\ncontent-length: ";
  for (std::size_t at = 0; at + kField.size() < head.size(); ++at) {
    if (!absl::StartsWithIgnoreCase(head.substr(at), kField)) continue;
    const absl::string_view rest = head.substr(at + kField.size());
    std::size_t size = 0;
    EXPECT_TRUE(absl::SimpleAtoi(rest.substr(0, rest.find('\r')), &size)) << head;
    return size;
  }
  return 0;
}

}  // namespace

std::string HttpAnswer(absl::string_view body, absl::string_view fields) {
  return absl::StrCat("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ", body.size(),
                      "\r\n", fields, "\r\n", body);
}

bool ByteUpstream::Peer::ReadMore() {
  std::array<char, 16384> buffer;
  const auto size = tls_ == nullptr ? recv(socket_, buffer.data(), buffer.size(), 0)
                                    : SSL_read(tls_, buffer.data(), static_cast<int>(buffer.size()));
  if (size <= 0) return false;
  unread_.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

std::optional<ByteUpstream::Request> ByteUpstream::Peer::Read() {
  std::size_t end = 0;
  while ((end = unread_.find(kHeadEnd)) == std::string::npos) {
    if (!ReadMore()) return std::nullopt;
  }
  const std::string head = unread_.substr(0, end);
  const std::size_t size = end + kHeadEnd.size() + BodySize(head);
  while (unread_.size() < size) {
    if (!ReadMore()) return std::nullopt;
  }
  Request request;
  const std::size_t begin = head.find(' ') + 1;
  request.target = head.substr(begin, head.find(' ', begin) - begin);
  request.head = head;
  request.body = unread_.substr(end + kHeadEnd.size(), size - end - kHeadEnd.size());
  request.number = ++requests_;
  unread_.erase(0, size);
  return request;
}

std::optional<std::string> ByteUpstream::Peer::ReadBytes(std::size_t size) {
  while (unread_.size() < size) {
    if (!ReadMore()) return std::nullopt;
  }
  std::string bytes = unread_.substr(0, size);
  unread_.erase(0, size);
  return bytes;
}

bool ByteUpstream::Peer::http2() const {
  const unsigned char* agreed = nullptr;
  unsigned int size = 0;
  if (tls_ != nullptr) SSL_get0_alpn_selected(tls_, &agreed, &size);
  return absl::string_view(reinterpret_cast<const char*>(agreed), size) == "h2";
}

void ByteUpstream::Peer::Write(absl::string_view bytes) {
  if (tls_ != nullptr) {
    SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
    return;
  }
  send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void ByteUpstream::Peer::End() {
  shutdown(socket_, SHUT_WR);
}

void ByteUpstream::Peer::AwaitClose() {
  while (ReadMore()) unread_.clear();
}

ByteUpstream::ByteUpstream(Wire wire, Script script) : wire_(wire), script_(std::move(script)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  if (wire == Wire::kTls || wire == Wire::kHttp2) {
    context_.reset(SSL_CTX_new(TLS_server_method()));
    ca_file_ = Certify(context_.get());
    SSL_CTX_set_alpn_select_cb(context_.get(), &ByteUpstream::OnOffer, this);
  }
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(listener_, 128), 0);
  EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  base_url_ = absl::StrCat(wire == Wire::kPlain ? "http" : "https", "://127.0.0.1:", ntohs(address.sin_port));
  acceptor_ = std::thread([this] { Accept(); });
}

ByteUpstream::~ByteUpstream() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
  for (const int socket : sockets_) close(socket);
  if (!ca_file_.empty()) std::remove(ca_file_.c_str());
}

std::string ByteUpstream::offered_protocols() const {
  const std::lock_guard lock(mutex_);
  return offered_;
}

void ByteUpstream::Accept() {
  for (;;) {
    const int accepted = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted < 0 && errno == EINVAL) return;  // shut down
    if (accepted < 0) {
      std::this_thread::yield();
      continue;
    }
    const int on = 1;
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++accepted_;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(accepted);
    threads_.emplace_back([this, accepted] { Serve(accepted); });
  }
}

// The descriptor stays open until the end, so that its number is not reused for another connection.
void ByteUpstream::Serve(int socket) {
  std::unique_ptr<SSL, decltype(&SSL_free)> tls(nullptr, &SSL_free);
  if (context_ != nullptr) {
    tls.reset(SSL_new(context_.get()));
    SSL_set_fd(tls.get(), socket);
  }
  if (tls == nullptr || SSL_accept(tls.get()) == 1) {
    Peer peer(socket, tls.get());
    script_(peer);
    if (tls != nullptr) SSL_shutdown(tls.get());
  }
  ERR_clear_error();
  shutdown(socket, SHUT_RDWR);
}

int ByteUpstream::OnOffer(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                          unsigned int in_size, void* self) {
  auto* upstream = static_cast<ByteUpstream*>(self);
  const std::lock_guard lock(upstream->mutex_);
  upstream->offered_.assign(reinterpret_cast<const char*>(in), in_size);
  constexpr absl::string_view kOnlyHttp2 = "\x02h2";
  const auto* known = reinterpret_cast<const unsigned char*>(kOnlyHttp2.data());
  unsigned char* agreed = nullptr;
  if (upstream->wire_ != Wire::kHttp2 || SSL_select_next_proto(&agreed, out_size, known, kOnlyHttp2.size(),
                                                               in, in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = agreed;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace firstmile::testing

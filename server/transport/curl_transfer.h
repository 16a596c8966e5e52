// One request on one easy handle of libcurl's, from its options to its result.
//
// Belongs to its loop's thread. A handle is not used again: it keeps the query of its last URL, with a token
// in it, and what it read, until its next transfer. To make one takes a microsecond.
#pragma once

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "absl/strings/string_view.h"
#include "transport/connections.h"
#include "transport/curl_multi.h"
#include "transport/curl_options.h"
#include "transport/event_loop.h"
#include "transport/http_transport.h"
#include "transport/waiter.h"

namespace firstmile::transport {

// What all transfers of a transport have in common.
struct TransferSetup {
  EventLoop& loop;
  const CurlTransportOptions& options;
  curl_slist* json_headers;
  std::function<void()> on_surplus;  // the upstream has sent what no request asked for
};

// How one request is connected.
struct TransferRoute {
  std::string resolved = {};                    // in the form of CURLOPT_RESOLVE; empty: libcurl resolves
  std::chrono::milliseconds connect_timeout{};  // what is left of it
  bool hurried = false;                         // the request has less time than a connection may take
  bool own_connection = false;                  // no other request has used it, and none will
};

class CurlTransfer final : public TransferListener {
 public:
  // Begins at once. `setup` and `request` outlive it.
  CurlTransfer(const TransferSetup& setup, const HttpRequest& request, const TransferRoute& route,
               std::stop_token stop);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  Waiter& done() { return waiter_; }
  void OnTransferDone(CURLcode result) override;
  HttpResult TakeResult();

 private:
  void Configure(const TransferRoute& route);
  void ConfigureTls();
  void ConfigureProxy();
  void ConfigurePost();
  void ConfigureCallbacks();
  void UseOwnConnection();
  bool UsesTls() const;
  std::string Header(const char* name);
  HttpResponse TakeResponse();
  HttpFailure FailureOf() const;
  std::string DetailOf() const;
  std::string ConnectDetail(absl::string_view peer, long verify_result) const;
  std::string ProxyDetail() const;
  bool RequestMayHaveLeft() const;
  bool TakeMemoryFor(std::size_t body_bytes);
  std::size_t GiveUpBody();

  // What libcurl refuses ends the transfer before it begins.
  template <typename Value>
  void Set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_, option, value);
    if (code_ == CURLE_OK) code_ = code;
  }
  // 0 when libcurl does not know.
  long Info(CURLINFO what) const {
    long value = 0;
    curl_easy_getinfo(easy_, what, &value);
    return value;
  }

  static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t OnHead(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t OnSend(char* buffer, std::size_t size, std::size_t count, void* self);
  static int BeforeRequest(void* self, char* remote_ip, char* local_ip, int remote_port, int local_port);

  const TransferSetup& setup_;
  const HttpRequest& request_;
  const bool hurried_;
  const std::size_t body_bytes_max_;
  CURL* const easy_;
  Waiter waiter_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  CURLcode code_ = CURLE_OK;
  std::size_t body_sent_ = 0;
  std::size_t head_bytes_ = 0;
  curl_slist* resolved_ = nullptr;
  bool connected_ = false;  // as far as the platform, and the request may leave
  bool too_large_ = false;
  bool dropped_ = false;
  bool own_connection_ = false;  // no other request was on it before
  Connections::Look look_ = Connections::Look::kSilent;
  std::string body_;
  std::shared_ptr<ByteBudget::Share> memory_;  // once the body is large
};

}  // namespace firstmile::transport

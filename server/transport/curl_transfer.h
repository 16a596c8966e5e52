// One request on one libcurl easy handle, from its options to its result.
//
// Not thread-safe; use it only on its event loop. A handle is not reused: it keeps its last URL's query, with
// a token in it, and what it read. Creating one takes a microsecond.
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/strings/string_view.h"
#include "transport/connections.h"
#include "transport/curl_multi.h"
#include "transport/curl_options.h"
#include "transport/event_loop.h"
#include "transport/http_transport.h"
#include "transport/received_body.h"
#include "transport/stoppable_event.h"

namespace firstmile::transport {

// What all transfers of a transport share.
struct TransferSetup {
  EventLoop& loop;
  const CurlTransportOptions& options;
  curl_slist* json_headers;
  std::function<void()> on_surplus;  // called when the upstream has sent unrequested bytes
};

// How one request reaches its host.
struct TransferRoute {
  std::string resolved = {};                    // in CURLOPT_RESOLVE's format; empty: libcurl resolves
  std::chrono::milliseconds connect_timeout{};  // the time left for it
  bool hurried = false;                         // the request has less time than a connection may take
  bool own_connection = false;                  // the connection carries no other request
};

class CurlTransfer final : public TransferListener {
 public:
  // Starts at once. `setup` and `request` outlive it.
  CurlTransfer(const TransferSetup& setup, const HttpRequest& request, const TransferRoute& route,
               std::stop_token stop);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  StoppableEvent& done() { return event_; }
  void OnTransferDone(CURLcode result) override;
  HttpResult TakeResult();
  // The result of a transfer that is dropped before its end.
  HttpResult TakeStopped();

 private:
  void Configure(const TransferRoute& route);
  void ConfigureTime(std::chrono::milliseconds connect_timeout);
  void ConfigureTls();
  void ConfigureProxy();
  void ConfigurePost();
  void ConfigureCallbacks();
  void UseFreshConnection();
  void Begin();
  void BoundWaitForConnection();
  void End(CURLcode code);
  void Resume();
  void RetireSharedPool();
  bool UsesTls() const;
  std::string Header(const char* name);
  HttpResponse TakeResponse();
  HttpFailure FailureOf() const;
  std::string DetailOf() const;
  std::string ConnectDetail(absl::string_view peer, long verify_result) const;
  std::string ProxyDetail() const;
  bool RequestMayHaveLeft() const;
  AnswerHead Head() const;

  // If libcurl rejects an option, the transfer ends before it starts.
  template <typename Value>
  void Set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_, option, value);
    if (code_ == CURLE_OK) code_ = code;
  }
  // Returns 0 when libcurl does not know.
  long Info(CURLINFO what) const {
    long value = 0;
    curl_easy_getinfo(easy_, what, &value);
    return value;
  }

  static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t OnHead(char* line, std::size_t size, std::size_t count, void* self);
  static std::size_t OnSend(char* buffer, std::size_t size, std::size_t count, void* self);
  static int BeforeRequest(void* self, char* remote_ip, char* local_ip, int remote_port, int local_port);

  const TransferSetup& setup_;
  const HttpRequest& request_;
  const bool hurried_;
  const std::size_t body_bytes_max_;
  CURL* const easy_;
  CurlMulti* multi_ = nullptr;  // where it runs or ran
  StoppableEvent event_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  CURLcode code_ = CURLE_OK;
  std::size_t body_sent_ = 0;
  std::size_t head_bytes_ = 0;
  bool head_complete_ = false;  // the answer's head reached its empty line
  curl_slist* resolved_ = nullptr;
  bool connected_ = false;         // to Shopee; the request may be sent
  bool fresh_connection_ = false;  // opened for this request
  bool multiplexed_ = false;       // HTTP/2: other requests may share its connection
  bool ended_ = false;
  bool too_late_ = false;  // `send_by` had passed when the connection was ready
  Connections::CheckResult check_ = Connections::CheckResult::kReady;
  ReceivedBody body_;
  const std::chrono::steady_clock::time_point begun_;
  std::optional<EventLoop::TimerId> timer_;
};

}  // namespace firstmile::transport

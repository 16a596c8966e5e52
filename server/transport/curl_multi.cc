#include "transport/curl_multi.h"

#include <chrono>
#include <cstdlib>

namespace firstmile::transport {
namespace {

// libcurl's global state must be initialized once, before threads use it.
CURLM* NewMulti() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* multi = result == CURLE_OK ? curl_multi_init() : nullptr;
  if (multi == nullptr) std::abort();
  return multi;
}

}  // namespace

CurlMulti::CurlMulti(Poller& poller, long idle_connections_max) : poller_(poller), multi_(NewMulti()) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlMulti::OnSocket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlMulti::OnTimer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  if (idle_connections_max >= 0) KeepConnections(idle_connections_max);
}

CurlMulti::~CurlMulti() {
  curl_multi_cleanup(multi_);
}

void CurlMulti::Add(CURL* easy, TransferListener* listener) {
  curl_easy_setopt(easy, CURLOPT_PRIVATE, listener);
  connections_.Watch(easy);
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) std::abort();
  ++transfers_;
}

void CurlMulti::Remove(CURL* easy) {
  curl_multi_remove_handle(multi_, easy);
  connections_.Unwatch(easy);
  --transfers_;
}

void CurlMulti::Perform(MonotonicTime now) {
  if (due_.has_value() && *due_ <= now) {
    due_.reset();  // libcurl sets the next one
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
  int queued = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &queued)) {
    if (message->msg != CURLMSG_DONE) continue;
    char* listener = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &listener);
    reinterpret_cast<TransferListener*>(listener)->OnTransferDone(message->data.result);
  }
}

void CurlMulti::OnReady(int socket, bool readable, bool writable) {
  const int events = (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0);
  int running = 0;
  curl_multi_socket_action(multi_, socket, events, &running);
}

int CurlMulti::OnSocket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  auto* multi = static_cast<CurlMulti*>(self);
  if (what == CURL_POLL_REMOVE) {
    multi->poller_.Forget(socket);
  } else {
    multi->poller_.Watch(socket, (what & CURL_POLL_IN) != 0, (what & CURL_POLL_OUT) != 0, multi);
  }
  return 0;
}

// Only records the time: libcurl must not be re-entered from its callbacks, even for 0 ms.
int CurlMulti::OnTimer(CURLM*, long timeout_ms, void* self) {
  auto& due = static_cast<CurlMulti*>(self)->due_;
  due.reset();
  if (timeout_ms >= 0) due = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  return 0;
}

void CurlMulti::KeepConnections(long idle_connections_max) {
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, idle_connections_max);
}

}  // namespace firstmile::transport

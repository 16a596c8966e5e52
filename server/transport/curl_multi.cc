#include "transport/curl_multi.h"

#include <cstdlib>

namespace firstmile::transport {
namespace {

// libcurl wants its global state made once, before threads start using it.
void InitializeCurlOnce() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK) std::abort();
}

}  // namespace

CurlMulti::CurlMulti() {
  InitializeCurlOnce();
  multi_ = curl_multi_init();
  if (multi_ == nullptr) std::abort();
}

CurlMulti::~CurlMulti() {
  curl_multi_cleanup(multi_);
}

void CurlMulti::Add(CURL* easy, TransferListener* listener) {
  curl_easy_setopt(easy, CURLOPT_PRIVATE, listener);
  connections_.Watch(easy);
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) std::abort();
}

void CurlMulti::Remove(CURL* easy) {
  curl_multi_remove_handle(multi_, easy);
  connections_.Unwatch(easy);
}

void CurlMulti::Perform() {
  int running = 0;
  curl_multi_perform(multi_, &running);
  int queued = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &queued)) {
    if (message->msg != CURLMSG_DONE) continue;
    char* listener = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &listener);
    reinterpret_cast<TransferListener*>(listener)->OnTransferDone(message->data.result);
  }
}

void CurlMulti::Wait(int timeout_ms) {
  curl_multi_poll(multi_, nullptr, 0, timeout_ms, nullptr);
}

void CurlMulti::Wake() {
  curl_multi_wakeup(multi_);
}

void CurlMulti::KeepConnections(long count) {
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, count);
}

}  // namespace firstmile::transport

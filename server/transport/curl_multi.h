// Owns one curl multi handle: transfers, the connections that they share, and their registration with the
// poller.
//
// Not thread-safe; use it only on its event loop. libcurl does not support connections shared between
// threads.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <optional>

#include "transport/clock.h"
#include "transport/connections.h"
#include "transport/poller.h"

namespace firstmile::transport {

// Called once on the loop's thread when the transfer of an easy handle ends.
class TransferListener {
 public:
  virtual void OnTransferDone(CURLcode result) = 0;

 protected:
  ~TransferListener() = default;
};

class CurlMulti final : private SocketListener {
 public:
  // `poller` outlives it. Keeps at most `idle_connections_max` for reuse; negative: libcurl's own limit.
  CurlMulti(Poller& poller, long idle_connections_max);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  // `listener` outlives the transfer. Uses the easy handle's CURLOPT_PRIVATE and socket callbacks.
  void Add(CURL* easy, TransferListener* listener);

  // Ends the transfer if it still runs, and closes its connection unless others share it. No listener is
  // called. Not from a libcurl callback.
  void Remove(CURL* easy);

  // Advances the transfers that are due by `now`, then notifies the listeners of the finished ones.
  void Perform(MonotonicTime now);

  // When Perform has work without socket activity, in real time rather than a test clock's. Empty: never.
  std::optional<MonotonicTime> due() const { return due_; }

  // True when all added transfers have been removed.
  bool idle() const { return transfers_ == 0; }

  void KeepConnections(long idle_connections_max);

  Connections& connections() { return connections_; }

 private:
  void OnReady(int socket, bool readable, bool writable) override;
  static int OnSocket(CURL* easy, curl_socket_t socket, int what, void* self, void* of_socket);
  static int OnTimer(CURLM* multi, long timeout_ms, void* self);

  Poller& poller_;
  Connections connections_;
  CURLM* const multi_;
  std::optional<MonotonicTime> due_;
  std::size_t transfers_ = 0;
};

}  // namespace firstmile::transport

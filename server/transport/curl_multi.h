// Owns one curl multi handle and dispatches its finished transfers.
//
// Used by its loop's thread alone, except for Wake, which any thread may call. Connections are cached here
// and never shared between threads: libcurl does not support that.
#pragma once

#include <curl/curl.h>

#include "transport/connections.h"

namespace firstmile::transport {

// Told once when the transfer of an easy handle ends; runs on the loop's thread.
class TransferListener {
 public:
  virtual void OnTransferDone(CURLcode result) = 0;

 protected:
  ~TransferListener() = default;
};

class CurlMulti {
 public:
  CurlMulti();
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  // `listener` outlives the transfer. The easy handle's CURLOPT_PRIVATE and socket functions are taken.
  void Add(CURL* easy, TransferListener* listener);

  // Ends the transfer, if it still runs, and closes its connection then. No listener is told.
  void Remove(CURL* easy);

  // Moves every transfer that can move, then tells the listeners of the finished ones.
  void Perform();

  // Waits for a socket, a curl timeout, Wake, or `timeout_ms`, whatever comes first.
  void Wait(int timeout_ms);
  void Wake();

  // Most idle connections kept for reuse.
  void KeepConnections(long count);

  Connections& connections() { return connections_; }

 private:
  Connections connections_;
  CURLM* multi_;
};

}  // namespace firstmile::transport

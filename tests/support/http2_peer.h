// The server side of HTTP/2 on a ByteUpstream's connection, as far as tests need it. It identifies requests
// by their bodies, which must be short.
//
// Belongs to the thread of its connection.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "support/byte_upstream.h"

namespace firstmile::testing {

class Http2Peer {
 public:
  struct Request {
    std::uint32_t stream = 0;
    std::string body;
  };

  explicit Http2Peer(ByteUpstream::Peer& peer);

  // The next complete request; empty when the peer has closed.
  std::optional<Request> Read();

  // Status 200.
  void Answer(std::uint32_t stream, absl::string_view body);

  // Declares streams after `last` unprocessed.
  void GoAway(std::uint32_t last);

 private:
  struct Frame {
    std::uint8_t type;
    std::uint8_t flags;
    std::uint32_t stream;
    std::string payload;
  };

  std::optional<Frame> ReadFrame();
  void WriteFrame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, absl::string_view payload);

  ByteUpstream::Peer& peer_;
  std::map<std::uint32_t, std::string> bodies_;  // of incomplete requests
};

}  // namespace firstmile::testing

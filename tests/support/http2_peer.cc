#include "support/http2_peer.h"

#include "absl/strings/str_cat.h"

namespace firstmile::testing {
namespace {

// RFC 9113.
constexpr std::size_t kPrefaceBytes = 24;
constexpr std::size_t kFrameHeadBytes = 9;
enum Type : std::uint8_t { kData = 0, kHeaders = 1, kSettings = 4, kPing = 6, kGoAway = 7 };
constexpr std::uint8_t kAck = 1;
constexpr std::uint8_t kEndStream = 1;
constexpr std::uint8_t kEndHeaders = 4;

constexpr absl::string_view kStatus200 = "\x88";  // its index in HPACK's static table

std::string Number(std::uint32_t value, int bytes) {
  std::string text;
  for (int at = bytes - 1; at >= 0; --at) text += static_cast<char>(value >> (8 * at));
  return text;
}

std::uint32_t NumberOf(absl::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

Http2Peer::Http2Peer(ByteUpstream::Peer& peer) : peer_(peer) {
  peer_.ReadBytes(kPrefaceBytes);
  WriteFrame(kSettings, 0, 0, "");
}

std::optional<Http2Peer::Frame> Http2Peer::ReadFrame() {
  const auto head = peer_.ReadBytes(kFrameHeadBytes);
  if (!head.has_value()) return std::nullopt;
  const absl::string_view bytes = *head;
  auto payload = peer_.ReadBytes(NumberOf(bytes.substr(0, 3)));
  if (!payload.has_value()) return std::nullopt;
  return Frame{static_cast<std::uint8_t>(bytes[3]), static_cast<std::uint8_t>(bytes[4]),
               NumberOf(bytes.substr(5)), *std::move(payload)};
}

void Http2Peer::WriteFrame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                           absl::string_view payload) {
  peer_.Write(absl::StrCat(Number(static_cast<std::uint32_t>(payload.size()), 3), Number(type, 1),
                           Number(flags, 1), Number(stream, 4), payload));
}

std::optional<Http2Peer::Request> Http2Peer::Read() {
  while (auto frame = ReadFrame()) {
    if ((frame->type == kSettings || frame->type == kPing) && (frame->flags & kAck) == 0) {
      WriteFrame(frame->type, kAck, 0, frame->type == kPing ? frame->payload : "");
    }
    if (frame->type != kData && frame->type != kHeaders) continue;
    if (frame->type == kData) bodies_[frame->stream] += frame->payload;
    if ((frame->flags & kEndStream) == 0) continue;
    Request request{frame->stream, bodies_[frame->stream]};
    bodies_.erase(frame->stream);
    return request;
  }
  return std::nullopt;
}

void Http2Peer::Answer(std::uint32_t stream, absl::string_view body) {
  WriteFrame(kHeaders, kEndHeaders, stream, kStatus200);
  WriteFrame(kData, kEndStream, stream, body);
}

void Http2Peer::GoAway(std::uint32_t last) {
  WriteFrame(kGoAway, 0, 0, Number(last, 4) + Number(0, 4));
}

}  // namespace firstmile::testing

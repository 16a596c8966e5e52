// A file's chunks between Shopee and the stream's client: one being sent to the client, and one being filled.
// When both are full, the sidecar stops reading from Shopee.
//
// Belongs to the loop of its stream.
#pragma once

#include <cstddef>
#include <string>

#include "async/task.h"
#include "gateway/file_sink.h"
#include "transport/event_loop.h"
#include "transport/stoppable_event.h"

namespace firstmile::rpc {

// Size of a chunk, which one read of libcurl (16 KiB) may exceed.
inline constexpr std::size_t kChunkBytes = 64 * 1024;

class FileChunks final : public gateway::FileSink {
 public:
  explicit FileChunks(transport::EventLoop& loop) : loop_(loop) {}

  // Waits for a full chunk, or for the rest at the end of the file; empty after that.
  async::Task<std::string> Next();

  // Marks the end of the file.
  void End();

  const std::string& content_type() const { return content_type_; }
  std::int64_t file_bytes() const { return file_bytes_; }  // -1: unknown

  bool Take(absl::string_view bytes) override;

 private:
  void Begin(std::string content_type, std::int64_t bytes) override;

  transport::EventLoop& loop_;
  bool ended_ = false;
  bool paused_ = false;
  std::string content_type_;
  std::int64_t file_bytes_ = -1;
  std::string filling_;
  transport::StoppableEvent* waiting_ = nullptr;
};

}  // namespace firstmile::rpc

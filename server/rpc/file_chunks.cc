#include "rpc/file_chunks.h"

#include <utility>

namespace firstmile::rpc {

async::Task<std::string> FileChunks::Next() {
  while (!ended_ && filling_.size() < kChunkBytes) {
    transport::StoppableEvent event(loop_, {});
    waiting_ = &event;
    co_await event;
    waiting_ = nullptr;
  }
  std::string chunk = std::exchange(filling_, {});
  if (std::exchange(paused_, false)) Resume();
  co_return chunk;
}

void FileChunks::End() {
  ended_ = true;
  if (waiting_ != nullptr) waiting_->Set();
}

void FileChunks::Begin(std::string content_type, std::int64_t bytes) {
  content_type_ = std::move(content_type);
  file_bytes_ = bytes;
}

bool FileChunks::Take(absl::string_view bytes) {
  paused_ = filling_.size() >= kChunkBytes;
  if (paused_) return false;
  filling_.append(bytes.data(), bytes.size());
  if (filling_.size() >= kChunkBytes && waiting_ != nullptr) waiting_->Set();
  return true;
}

}  // namespace firstmile::rpc

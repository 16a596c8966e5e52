// Sends a file in chunks as it arrives, at the client's pace.
//
// Belongs to its stream's home loop, the loop of its shop or merchant.
#pragma once

#include "rpc/file_chunks.h"
#include "rpc/incoming_call.h"
#include "rpc/stream_writer.h"

namespace firstmile::rpc {

// Most memory that a stream holds of its file.
inline constexpr std::size_t kFileStreamBytes = 2 * (kChunkBytes + (std::size_t{16} << 10));

class FileStream {
 public:
  // All references outlive the stream.
  FileStream(const RpcContext& rpc, const endpoints::StreamEndpoint& endpoint,
             const google::protobuf::Message& request, IncomingCall& call, FrameSink& sink,
             StreamWriter& writer, transport::EventLoop& home)
      : rpc_(rpc),
        endpoint_(endpoint),
        request_(request),
        call_(call),
        sink_(sink),
        writer_(writer),
        home_(home),
        chunks_(home) {}

  async::Task<gateway::CallReport> Run();

 private:
  async::Task<gateway::CallReport> Fetch();
  async::Task<bool> WriteChunks();
  google::rpc::Status TooSlow() const;
  async::Task<bool> WriteInTime(const google::protobuf::Message& frame);

  const RpcContext& rpc_;
  const endpoints::StreamEndpoint& endpoint_;
  const google::protobuf::Message& request_;
  IncomingCall& call_;
  FrameSink& sink_;
  StreamWriter& writer_;
  transport::EventLoop& home_;
  FileChunks chunks_;
  bool too_slow_ = false;  // the client
};

}  // namespace firstmile::rpc

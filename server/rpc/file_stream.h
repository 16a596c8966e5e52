// Sends a file in chunks: fetched whole, within the transport's body limit, then cut.
//
// Belongs to the home loop of its stream, the loop of its shop.
#pragma once

#include <cstddef>

#include "firstmile/v1/first_mile_streams.pb.h"
#include "rpc/incoming_call.h"
#include "rpc/stream_writer.h"

namespace firstmile::rpc {

// Bytes of one chunk: far below gRPC's 4 MiB message limit, large enough that framing costs nothing.
inline constexpr std::size_t kChunkBytes = 256 * 1024;

class FileStream {
 public:
  // All references outlive the stream.
  FileStream(const RpcContext& rpc, const endpoints::StreamEndpoint& endpoint,
             const google::protobuf::Message& request, IncomingCall& call, StreamWriter& writer,
             transport::EventLoop& home)
      : rpc_(rpc), endpoint_(endpoint), request_(request), call_(call), writer_(writer), home_(home) {}

  async::Task<gateway::CallReport> Run();

 private:
  async::Task<bool> WriteChunks(const firstmile::v1::GetWaybillResponse& file);

  const RpcContext& rpc_;
  const endpoints::StreamEndpoint& endpoint_;
  const google::protobuf::Message& request_;
  IncomingCall& call_;
  StreamWriter& writer_;
  transport::EventLoop& home_;
};

}  // namespace firstmile::rpc

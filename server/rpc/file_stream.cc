#include "rpc/file_stream.h"

#include <algorithm>

#include "firstmile/v1/first_mile_numbers.pb.h"
#include "transport/run_on.h"

namespace firstmile::rpc {

async::Task<gateway::CallReport> FileStream::Run() {
  const std::int64_t shop = endpoint_.Shops(request_).front();
  const std::unique_ptr<google::protobuf::Message> source_request = endpoint_.FirstRequest(request_, shop);
  firstmile::v1::GetWaybillResponse file;
  gateway::Shard& shard = rpc_.shards.For(shop);
  gateway::CallReport report = co_await transport::RunThereResumeHere(
      shard.loop, home_,
      shard.gateway.Call(endpoint_.source(), *source_request, &file, call_.GatewayContext()));
  if (report.status.code() != 0) co_return report;
  const bool written = co_await WriteChunks(file);
  if (!written) report.status = call_.StoppedStatus(endpoint_.operation());
  co_return report;
}

async::Task<bool> FileStream::WriteChunks(const firstmile::v1::GetWaybillResponse& file) {
  const std::string& bytes = file.waybill();
  firstmile::v1::DownloadWaybillResponse frame;
  frame.set_request_id(file.request_id());
  frame.set_content_type(file.content_type());
  frame.set_total_bytes(static_cast<std::int64_t>(bytes.size()));
  bool written = true;
  for (std::size_t sent = 0; written && sent < bytes.size(); sent += kChunkBytes) {
    frame.set_chunk(bytes.substr(sent, kChunkBytes));
    written = co_await writer_.Write(frame, call_.stop_token());
    frame.Clear();  // only the first chunk carries the facts of the file
  }
  co_return written;
}

}  // namespace firstmile::rpc

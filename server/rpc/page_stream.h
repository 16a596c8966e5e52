// A stream of pages: fetches the next page while the client reads the last one, for one shop or many side by
// side.
//
// Belongs to the stream's home loop, the loop of its first shop; pages are fetched on each shop's own loop.
// At most one page ahead of the client per shop, so memory is bounded by the shops in parallel and a page's
// size.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rpc/incoming_call.h"
#include "rpc/stream_writer.h"

namespace firstmile::rpc {

// Most pages of one shop in one stream: ends a platform that never says that there are no more.
inline constexpr std::uint64_t kPagesPerShopMax = 1'000'000;

class PageStream {
 public:
  // All references outlive the stream.
  PageStream(const RpcContext& rpc, const endpoints::StreamEndpoint& endpoint,
             const google::protobuf::Message& request, IncomingCall& call, FrameSink& sink,
             StreamWriter& writer, transport::EventLoop& home)
      : rpc_(rpc),
        endpoint_(endpoint),
        request_(request),
        call_(call),
        sink_(sink),
        writer_(writer),
        home_(home) {}

  // Runs to the end of the last shop. With one shop, its failure is the status; with many, it is a frame.
  async::Task<gateway::CallReport> Run();

  std::uint64_t pages() const { return pages_; }

 private:
  struct Page {
    std::string cursor;  // that fetched it
    std::unique_ptr<google::protobuf::Message> frame;
    gateway::CallReport report;
  };

  async::Task<bool> ReadShops();
  async::Task<bool> ReadShop(std::int64_t shop);
  async::Task<Page> Fetch(std::int64_t shop, const google::protobuf::Message& request, std::string cursor);
  async::Task<bool> End(std::int64_t shop, Page page);
  std::string NextCursor(Page& page, std::uint64_t pages_of_shop);
  void Remember(const Page& page);

  const RpcContext& rpc_;
  const endpoints::StreamEndpoint& endpoint_;
  const google::protobuf::Message& request_;
  IncomingCall& call_;
  FrameSink& sink_;
  StreamWriter& writer_;
  transport::EventLoop& home_;

  std::vector<std::int64_t> shops_;
  std::size_t next_shop_ = 0;
  std::uint64_t pages_ = 0;
  gateway::CallReport report_;
};

}  // namespace firstmile::rpc

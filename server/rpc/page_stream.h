// Streams pages, for one subject (a shop or a merchant) or several in parallel: fetches the next page while
// the client reads the current one.
//
// Belongs to the stream's home loop, the loop of its first subject; each subject's pages are fetched on its
// own loop. Fetches at most one page ahead per subject, so the number of parallel subjects and the page size
// bound the memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "endpoints/cursor_trail.h"
#include "rpc/incoming_call.h"
#include "rpc/stream_writer.h"

namespace firstmile::rpc {

// Most pages of one subject in one stream, in case Shopee never reports the last page.
inline constexpr std::uint64_t kPagesPerSubjectMax = 1'000'000;

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

  // The memory counted for a stream of so many subjects.
  static std::size_t HeldBytes(const RpcContext& rpc, std::size_t subjects);

  // Runs until the last subject ends. With one subject, its failure is the status; with several, it is a
  // frame.
  async::Task<gateway::CallReport> Run();

  std::uint64_t pages() const { return pages_; }

 private:
  struct Page {
    std::string cursor;  // used to fetch it
    std::unique_ptr<google::protobuf::Message> frame;
    gateway::CallReport report;
  };

  async::Task<bool> ReadSubjects();
  async::Task<bool> ReadSubject(subjects::Subject subject);
  async::Task<Page> Fetch(subjects::Subject subject, const google::protobuf::Message& request,
                          std::string cursor);
  async::Task<bool> End(subjects::Subject subject, Page page);
  std::string FindNext(const google::protobuf::Message& request, Page& page, endpoints::CursorTrail& trail,
                       std::uint64_t pages_of_subject) const;
  void Remember(const Page& page);

  const RpcContext& rpc_;
  const endpoints::StreamEndpoint& endpoint_;
  const google::protobuf::Message& request_;
  IncomingCall& call_;
  FrameSink& sink_;
  StreamWriter& writer_;
  transport::EventLoop& home_;

  std::vector<subjects::Subject> subjects_;
  std::size_t next_subject_ = 0;
  std::uint64_t pages_ = 0;
  gateway::CallReport report_;
};

}  // namespace firstmile::rpc

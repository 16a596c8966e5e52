#include "rpc/page_stream.h"

#include <algorithm>
#include <deque>

#include "async/eager_task.h"
#include "errors/failure.h"
#include "rpc/rpc_failures.h"
#include "transport/run_on.h"

namespace firstmile::rpc {

namespace {

// The memory counted for a page being sent and one being fetched. Larger pages are counted individually.
constexpr std::size_t kPageBytes = 2 * (std::size_t{32} << 10);

std::size_t ReadersFor(const RpcContext& rpc, std::size_t subjects) {
  return std::min(subjects, static_cast<std::size_t>(rpc.stream_shops_in_parallel));
}

}  // namespace

std::size_t PageStream::HeldBytes(const RpcContext& rpc, std::size_t subjects) {
  return ReadersFor(rpc, subjects) * kPageBytes;
}

async::Task<gateway::CallReport> PageStream::Run() {
  subjects_ = endpoint_.Subjects(request_);
  const std::size_t readers = ReadersFor(rpc_, subjects_.size());
  std::deque<async::EagerTask<bool>> running;
  for (std::size_t i = 0; i < readers; ++i) running.emplace_back(ReadSubjects());
  for (async::EagerTask<bool>& reader : running) co_await reader;
  if (call_.stop_token().stop_requested()) report_.status = call_.StoppedStatus(endpoint_.operation());
  co_return std::move(report_);
}

async::Task<bool> PageStream::ReadSubjects() {
  bool go_on = true;
  while (go_on && next_subject_ < subjects_.size()) {
    const subjects::Subject subject = subjects_[next_subject_++];
    go_on = co_await ReadSubject(subject);
  }
  co_return go_on;
}

// Returns false when the stream is over: the client disconnected or the call was stopped.
async::Task<bool> PageStream::ReadSubject(subjects::Subject subject) {
  std::unique_ptr<google::protobuf::Message> request = endpoint_.FirstRequest(request_, subject);
  std::string first_cursor = endpoint_.cursor().Get(*request);
  endpoints::CursorTrail trail(first_cursor);
  Page page = co_await Fetch(subject, *request, std::move(first_cursor));
  for (std::uint64_t count = 1; page.report.status.code() == 0; ++count) {
    std::string next_cursor = FindNext(*request, page, trail, count);
    const bool failed = page.report.status.code() != 0;
    const bool last = !failed && next_cursor.empty();
    endpoint_.SetPosition(page.frame.get(), subject, failed ? page.cursor : next_cursor, last);
    ++pages_;
    if (last) co_return co_await writer_.Write(*page.frame, call_.stop_token());
    if (failed) {  // after the page, whose rows are valid
      const bool written = co_await writer_.Write(*page.frame, call_.stop_token());
      if (!written) co_return false;
      break;
    }
    endpoint_.cursor().Set(request.get(), next_cursor);
    async::EagerTask<Page> next(Fetch(subject, *request, std::move(next_cursor)));
    const bool written = co_await writer_.Write(*page.frame, call_.stop_token());
    if (!written) call_.Cancel();  // drops the page being fetched
    page = co_await next;
    if (!written) co_return false;
  }
  co_return co_await End(subject, std::move(page));
}

async::Task<PageStream::Page> PageStream::Fetch(subjects::Subject subject,
                                                const google::protobuf::Message& request,
                                                std::string cursor) {
  Page page{.cursor = std::move(cursor), .frame = sink_.NewFrame(), .report = {}};
  gateway::Shard& shard = rpc_.shards.For(subject);
  page.report = co_await transport::RunThereResumeHere(
      shard.loop, home_,
      shard.gateway.Call(endpoint_.source(), request, endpoint_.MutablePage(page.frame.get()),
                         call_.GatewayContext()));
  Remember(page);
  co_return page;
}

// Adds up the stream's calls for the log line, and keeps Shopee's last answer.
void PageStream::Remember(const Page& page) {
  report_.attempts += page.report.attempts;
  report_.waited += page.report.waited;
  report_.decode.unknown_fields += page.report.decode.unknown_fields;
  report_.decode.unknown_enum_values += page.report.decode.unknown_enum_values;
  report_.http_status = page.report.http_status;
  report_.vendor_code = page.report.vendor_code;
  report_.request_id = page.report.request_id;
}

// Returns the cursor after this page, empty after the last. If the cursor is missing or repeats, the page
// gets that error and the cursor at which the subject can be resumed.
std::string PageStream::FindNext(const google::protobuf::Message& request, Page& page,
                                 endpoints::CursorTrail& trail, std::uint64_t pages_of_subject) const {
  using enum endpoints::NextPage::Kind;
  endpoints::NextPage next = endpoint_.cursor().Next(request, *endpoint_.MutablePage(page.frame.get()));
  google::rpc::Status& status = page.report.status;
  const std::string& operation = endpoint_.operation();
  if (next.kind == kUnknown) {
    status = EndIsNotTold(operation);
  } else if (next.kind == kNowhere) {
    status = CursorStandsStill(operation);
  } else if (next.cursor.size() > endpoint_.cursor().bytes_max()) {
    status = CursorTooLong(next.cursor.size(), endpoint_.cursor().bytes_max(), operation);
  } else if (next.kind == kAt && trail.LeadsBack(next.cursor)) {
    status = CursorLeadsBack(operation);
  } else if (next.kind == kAt && pages_of_subject >= kPagesPerSubjectMax) {
    status = TooManyPages(kPagesPerSubjectMax, operation);
    page.cursor = next.cursor;
  }
  return std::move(next.cursor);
}

// Reports that a subject failed: as the stream's status if it is the only one, otherwise as a frame.
async::Task<bool> PageStream::End(subjects::Subject subject, Page page) {
  if (subjects_.size() == 1) {
    report_.status = page.report.status;
    co_return false;
  }
  std::unique_ptr<google::protobuf::Message> frame = sink_.NewFrame();
  endpoint_.SetPosition(frame.get(), subject, page.cursor, true);
  *endpoint_.MutableFailure(frame.get()) = errors::FailureOf(page.report.status);
  co_return co_await writer_.Write(*frame, call_.stop_token());
}

}  // namespace firstmile::rpc
